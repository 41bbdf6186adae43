import type { Id } from '@tally/kernel';

/** Tells whoever waits for the outcome of an order, in this process and others. Only shortens the wait: whoever waits also looks. */
export interface Settlements {
  /** Never throws, never waits. */
  announce(orderId: Id<'ord'>): void;
  /** Begins to listen, before the order exists so that nothing is missed. */
  expect(orderId: Id<'ord'>): ExpectedSettlement;
}

export interface ExpectedSettlement extends Disposable {
  /** Resolves at the next announcement, at once if there was one since the last call, or after `ms` at most. */
  next(ms: number): Promise<void>;
}
