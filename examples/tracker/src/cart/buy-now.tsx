import { useEffect, useRef, useState } from 'react';
import { useSignedIn } from '../frame/shopfront.tsx';
import { formatMoney } from '../look/money.ts';
import { SignIn } from '../session/sign-in.tsx';
import type { Product, Variant } from '../shop/documents.ts';
import { Stock } from '../shop/stock.tsx';
import { CheckoutForm } from './checkout-form.tsx';
import { Quantity } from './quantity.tsx';

/** One variant, bought past the cart. */
export function BuyNow({
  product,
  variant,
  onClose,
}: {
  readonly product: Product;
  readonly variant: Variant;
  readonly onClose: () => void;
}) {
  const signedIn = useSignedIn();
  const dialog = useRef<HTMLDialogElement>(null);
  const [quantity, setQuantity] = useState(1);
  const name = `${product.title}, ${variant.title}`;

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  return (
    <dialog ref={dialog} className="buy-now" aria-label={`Buy ${name}`} onClose={onClose}>
      <header>
        <h2>{product.title}</h2>
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <div className="buy-now-what">
        <span>
          <b>{variant.title}</b>
          <span className="soft">{formatMoney(variant.price)}</span>
          <Stock stock={variant.inventory} />
        </span>
        <Quantity of={name} value={quantity} least={1} busy={false} onChange={setQuantity} />
      </div>
      {signedIn === null ? (
        <SignIn why="To place the order." />
      ) : (
        <CheckoutForm
          bought={{ lines: [{ variantId: variant.id, quantity }], subtotal: { ...variant.price, amount: variant.price.amount * quantity } }}
          onPlaced={() => dialog.current?.close()}
        />
      )}
    </dialog>
  );
}
