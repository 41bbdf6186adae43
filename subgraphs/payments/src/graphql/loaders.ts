import { parseId, type IdPrefix } from '@tally/kernel';
import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';
import type { Payment } from '../domain/payment.ts';
import type { Refund } from '../domain/refund.ts';
import type { Onlooker, ViewPayments } from '../use-cases/view-payments.ts';

/** One loader per entity and request. Keys that are no id of their kind are not there. */
export interface Loaders {
  readonly payments: BatchLoader<Payment>;
  readonly paymentsOfOrders: BatchLoader<Payment>;
  readonly attempts: BatchLoader<readonly Attempt[]>;
  readonly refunds: BatchLoader<readonly Refund[]>;
  readonly methods: BatchLoader<readonly PaymentMethod[]>;
}

/** @param onlooker of this request: what it may not see is not loaded. */
export const createLoaders = (view: ViewPayments, onlooker: Onlooker): Loaders => ({
  payments: batchLoader('payments', (keys) => view.byId(onlooker, idsOf('pay', keys))),
  paymentsOfOrders: batchLoader('payments of orders', (keys) => view.byOrder(onlooker, idsOf('ord', keys))),
  attempts: batchLoader('attempts', (keys) => view.attempts(idsOf('pay', keys))),
  refunds: batchLoader('refunds', (keys) => view.refunds(idsOf('pay', keys))),
  methods: batchLoader('payment methods', (keys) => view.methods(onlooker, idsOf('usr', keys))),
});

const idsOf = <P extends IdPrefix>(prefix: P, keys: readonly string[]) =>
  keys.map((key) => parseId(prefix, key)).filter((id) => id !== null);
