import type { Id } from '@tally/kernel';
import type { CartReads, CartsStore, ExpiredCarts } from '../../src/ports/carts-store.ts';
import type { OrderReads } from '../../src/ports/order-reads.ts';
import type { OrdersStore } from '../../src/ports/orders-store.ts';
import type { PriceReads, PriceReplica } from '../../src/ports/price-replica.ts';
import type { DueSagas, SagasStore } from '../../src/ports/sagas-store.ts';
import type { ShipmentsStore } from '../../src/ports/shipments-store.ts';

/** The stores of one open transaction. */
export interface Stores {
  readonly orders: OrdersStore;
  readonly sagas: SagasStore;
  readonly carts: CartsStore;
  readonly shipments: ShipmentsStore;
}

/** The stores of orders on one technology, with a database of their own. */
export interface StoresWorld extends AsyncDisposable {
  /** One transaction, which nobody repeats. */
  transaction<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
  readonly orders: OrderReads;
  readonly carts: CartReads;
  readonly expired: ExpiredCarts;
  readonly due: DueSagas;
  readonly prices: PriceReads;
  readonly replica: PriceReplica;
  /** The cart's last day was this, by default one long ago. */
  expire(cartId: Id<'cart'>, lastDay?: Date): Promise<void>;
  /** When the sweeper looks at a saga; `null`: never. */
  wakesAt(orderId: Id<'ord'>): Promise<Date | null>;
  /** The sweeper is to look at a saga by now. */
  makeDue(orderId: Id<'ord'>): Promise<void>;
  /** Resolves once a transaction waits for the lock of another. */
  somebodyWaits(): Promise<void>;
}

/** Opens the world of one test. */
export type OpenStores = () => Promise<StoresWorld>;
