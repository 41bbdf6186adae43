import type { Inbox, Outbox } from '@tally/messaging';
import type { Idempotency, TransactOptions } from '@tally/subgraph-kit';
import type { CartsStore } from './carts-store.ts';
import type { OrdersStore } from './orders-store.ts';
import type { SagasStore } from './sagas-store.ts';
import type { ShipmentsStore } from './shipments-store.ts';

/** What one unit of work may touch: all of it on one transaction. */
export interface OrdersUnit {
  readonly idempotency: Idempotency;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly orders: OrdersStore;
  readonly sagas: SagasStore;
  readonly carts: CartsStore;
  readonly shipments: ShipmentsStore;
}

/**
 * Runs a unit of work in one READ COMMITTED transaction: all of it, or nothing. The unit may run again from its beginning after a lost race or, unless
 * it says that it has no guard, a lost connection; so it has no effect outside its transaction. What it throws rolls back and is thrown on.
 *
 * @see docs/reliability.md, database errors
 */
export type Transact = <Result>(work: (unit: OrdersUnit) => Promise<Result>, options?: TransactOptions) => Promise<Result>;
