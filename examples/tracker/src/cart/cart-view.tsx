import { useSignedIn } from '../frame/shopfront.tsx';
import { hrefOf } from '../frame/places.ts';
import { formatMoney } from '../look/money.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { SignIn } from '../session/sign-in.tsx';
import { Stock } from '../shop/stock.tsx';
import { useLiveStock } from '../shop/use-live-stock.ts';
import { CheckoutForm } from './checkout-form.tsx';
import { Quantity } from './quantity.tsx';
import type { Cart } from './use-cart.ts';

/** What was collected, and the way to buy it. */
export function CartView({ cart }: { readonly cart: Cart }) {
  const signedIn = useSignedIn();
  const { contents, loading, changing, refusals, fault } = cart;
  useLiveStock(contents?.lines.flatMap(({ variant }) => (variant === null ? [] : [variant.id])) ?? []);

  if (loading) return <p className="empty">Looking into the cart …</p>;
  if (contents === null || contents.lines.length === 0)
    return (
      <section className="empty" aria-label="Cart">
        <p>The cart is empty.</p>
        <a href={hrefOf({ kind: 'shop' })}>Find something</a>
      </section>
    );
  return (
    <section className="cart" aria-label="Cart">
      <h1 className="pane-title">Cart</h1>
      <ul className="cart-lines" aria-label="In the cart">
        {contents.lines.map(({ id, variant, quantity, unitPrice, lineTotal }) => {
          const name = variant === null ? 'something that is no longer sold' : `${variant.product.title}, ${variant.title}`;
          return (
            <li key={id}>
              <span className="cart-what">
                <b>{variant?.product.title ?? 'No longer sold'}</b>
                <span className="soft">
                  {variant?.title} at {formatMoney(unitPrice)}
                </span>
                {variant === null ? null : <Stock stock={variant.inventory} />}
              </span>
              {variant === null ? null : (
                <Quantity
                  of={name}
                  value={quantity}
                  least={0}
                  busy={changing.has(variant.id)}
                  onChange={(next) => void cart.set(variant.id, next)}
                />
              )}
              <span className="price">{formatMoney(lineTotal)}</span>
            </li>
          );
        })}
      </ul>
      {fault === null ? null : <Fault text={fault} />}
      <Refusals refusals={refusals} title="The cart did not change." />
      {signedIn === null ? (
        <SignIn why="To check out. Your cart comes with you." />
      ) : (
        <CheckoutForm bought={{ cartId: contents.id, version: contents.version }} onPlaced={cart.refresh} />
      )}
    </section>
  );
}
