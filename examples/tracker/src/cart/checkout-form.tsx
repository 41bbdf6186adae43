import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { visit } from '../frame/use-places.ts';
import { formatMoney, type Money } from '../look/money.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { buyer, type Address } from './checkout-documents.ts';
import type { LineInput } from './documents.ts';
import { Delivery } from './delivery.tsx';
import { testCards, type TestCard } from './test-cards.ts';
import { useCheckout } from './use-checkout.ts';
import { useQuote } from './use-quote.ts';

/** What a checkout is for. */
export type Bought =
  { readonly cartId: string; readonly version: number } | { readonly lines: readonly LineInput[]; readonly subtotal: Money };

/** Card, address, total, and the button that places the order. */
export function CheckoutForm({ bought, onPlaced }: { readonly bought: Bought; readonly onPlaced: () => void }) {
  const [card, setCard] = useState<TestCard>(testCards[0]);
  const [edited, setEdited] = useState<Address | null>(null);
  const { data } = useQuery(buyer);
  const address = edited ?? addressOf(data?.me?.addresses?.[0], data?.me?.displayName ?? null);
  const quoted = useQuote('cartId' in bought ? bought : null, address);
  const { busy, refusals, fault, place } = useCheckout();

  async function order(): Promise<void> {
    const what =
      'cartId' in bought
        ? { cartId: bought.cartId, ...(quoted.quote === null ? {} : { expectedTotal: quoted.quote.total.amount }) }
        : { lines: bought.lines };
    const orderId = await place({ ...what, shippingAddress: address, cardToken: card.token });
    if (orderId === null) return quoted.refresh();
    onPlaced();
    visit({ kind: 'order', id: orderId });
  }

  return (
    <form
      className="checkout"
      aria-label="Checkout"
      onSubmit={(event) => {
        event.preventDefault();
        void order();
      }}
    >
      <fieldset className="cards">
        <legend>Pay with</legend>
        {testCards.map((one) => (
          <label key={one.token}>
            <input
              type="radio"
              name="card"
              value={one.token}
              checked={card.token === one.token}
              onChange={() => {
                setCard(one);
              }}
            />
            <span>
              <b>{one.name}</b>
              <span className="soft">{one.says}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Delivery address={address} known={data?.me != null} onChange={setEdited} />
      {'cartId' in bought ? (
        <dl className="sums">
          <Sum name="Items" money={quoted.quote?.subtotal} />
          <Sum name="Shipping" money={quoted.quote?.shipping} />
          <Sum name="Total" money={quoted.quote?.total} strong />
        </dl>
      ) : (
        <dl className="sums">
          <Sum name="Items" money={bought.subtotal} strong />
          <div className="soft">
            <dt>Shipping</dt>
            <dd>is added</dd>
          </div>
        </dl>
      )}
      {quoted.fault === null ? null : <Fault text={quoted.fault} />}
      <Refusals refusals={refusals} title="The order was not placed." />
      {fault === null ? null : <Fault text={`${fault} Press again: it is the same order, and bought once.`} />}
      <button type="submit" className="primary wide" disabled={busy || data?.me == null}>
        {busy ? 'Placing the order …' : 'Place the order'}
      </button>
    </form>
  );
}

function Sum({ name, money, strong = false }: { readonly name: string; readonly money: Money | undefined; readonly strong?: boolean }) {
  return (
    <div className={strong ? 'strong' : 'soft'}>
      <dt>{name}</dt>
      <dd>{money === undefined ? '…' : formatMoney(money)}</dd>
    </div>
  );
}

const addressOf = (saved: Address | undefined, name: string | null): Address => ({
  name: saved?.name ?? name,
  line1: saved?.line1 ?? '',
  line2: saved?.line2 ?? null,
  city: saved?.city ?? '',
  region: saved?.region ?? null,
  postalCode: saved?.postalCode ?? '',
  country: saved?.country ?? 'DE',
});
