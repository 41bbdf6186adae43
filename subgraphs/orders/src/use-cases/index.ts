import type { Clock } from '@tally/kernel';
import type { Deadlines } from '../domain/saga.ts';
import type { CartReads, ExpiredCarts } from '../ports/carts-store.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { PriceReads, PriceReplica } from '../ports/price-replica.ts';
import type { ReadRates } from '../ports/rates.ts';
import type { DueSagas } from '../ports/sagas-store.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { Transact } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { createAddCartLines } from './add-cart-lines.ts';
import { createAdvanceSaga } from './advance-saga.ts';
import { createCancelOrder } from './cancel-order.ts';
import { createCheckout } from './checkout.ts';
import { createClaimCart } from './claim-cart.ts';
import { createCreateShipment } from './create-shipment.ts';
import { createExpireCarts } from './expire-carts.ts';
import { createExpireSagas } from './expire-saga.ts';
import { createGatherLines } from './gather-lines.ts';
import type { KeyLookup } from './idempotent.ts';
import { createKeepPrice } from './keep-price.ts';
import { createQuoteCart } from './quote-cart.ts';
import { createReplayEvents } from './replay-events.ts';
import { createSetCartLines } from './set-cart-lines.ts';
import { createUpdateShipment } from './update-shipment.ts';
import { createViewCart } from './view-cart.ts';
import { createViewOrders } from './view-orders.ts';

/** What the use cases need from the world. */
export interface Deps {
  readonly transact: Transact;
  readonly keys: KeyLookup;
  readonly orders: OrderReads;
  readonly carts: CartReads;
  readonly expired: ExpiredCarts;
  readonly prices: PriceReads;
  readonly replica: PriceReplica;
  readonly rates: ReadRates;
  readonly due: DueSagas;
  readonly settlements: Settlements;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** The one currency of the shop. */
  readonly currency: string;
  readonly telemetry: Telemetry;
}

export type UseCases = ReturnType<typeof createUseCases>;

/** Everything this subgraph does. */
export const createUseCases = (deps: Deps) => ({
  checkout: createCheckout({ ...deps, gatherLines: createGatherLines(deps) }),
  cancelOrder: createCancelOrder(deps),
  advanceSaga: createAdvanceSaga(deps),
  expireSagas: createExpireSagas(deps),
  viewOrders: createViewOrders(deps),
  replayEvents: createReplayEvents(deps),
  setCartLines: createSetCartLines(deps),
  addCartLines: createAddCartLines(deps),
  claimCart: createClaimCart(deps),
  viewCart: createViewCart(deps),
  quoteCart: createQuoteCart(deps),
  expireCarts: createExpireCarts(deps),
  createShipment: createCreateShipment(deps),
  updateShipment: createUpdateShipment(deps),
  keepPrice: createKeepPrice(deps),
});
