/** A request to buy, as its client knows it. A lost answer is `info`: it may have happened, and the same key finds out. */
export interface Purchase {
  readonly buyer: number;
  readonly key: string;
  readonly variantId: string;
  readonly quantity: number;
  readonly paymentMethodId: string;
  state: 'open' | 'ok' | 'info';
  orderId: string | null;
  total: number | null;
  /** What became of its buyer's wish to call it off; absent: there is none. */
  cancel?: 'wanted' | 'answered';
}

/** What clients sent and were told. */
export interface History {
  readonly purchases: Purchase[];
}

/** Orders that clients were told of. */
export const acknowledged = ({ purchases }: History): readonly { readonly id: string; readonly total: number }[] =>
  purchases.flatMap(({ orderId, total }) => (orderId === null || total === null ? [] : [{ id: orderId, total }]));

/** Purchases of which their client does not know all that it asked for. */
export const unknown = ({ purchases }: History): readonly Purchase[] =>
  purchases.filter(({ state, orderId, cancel }) => state !== 'ok' || (cancel === 'wanted' && orderId !== null));
