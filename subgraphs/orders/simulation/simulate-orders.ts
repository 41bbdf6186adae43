import { topicOf } from '@tally/events';
import { createLogger, type Logger } from '@tally/runtime';
import { createMemoryTransact, idempotencyOn, type SimulatedApp, type SimulatedProcess, type Transaction } from '@tally/simulation';
import { onProductArchived } from '../src/consumers/product-archived.ts';
import { onProductChanged } from '../src/consumers/product-changed.ts';
import { sagaHandlers } from '../src/consumers/saga-handlers.ts';
import { standardDeadlines, type Deadlines } from '../src/domain/saga.ts';
import { createTelemetry } from '../src/telemetry.ts';
import { createUseCases, type UseCases } from '../src/use-cases/index.ts';
import { createCartReads } from './cart-reads.ts';
import { createCartsStore, createExpiredCarts } from './carts-store.ts';
import { createDueSagas } from './due-sagas.ts';
import { createOrderReads } from './order-reads.ts';
import { createOrdersStore } from './orders-store.ts';
import { createPriceReads, createPriceReplica } from './prices.ts';
import { simulatedRates } from './rates.ts';
import { createSagasStore } from './sagas-store.ts';
import { createSettlements } from './settlements.ts';
import { createShipmentsStore } from './shipments-store.ts';

export interface SimulatedOrders extends SimulatedApp {
  /** Those of production; a checkout asks for ACCEPTED. */
  readonly useCases: UseCases;
}

const currency = 'EUR';
let silent: Logger | undefined;

/**
 * One process of orders on a database in memory: use cases and handlers are those of production.
 *
 * @param options.deadlines of the steps of a saga, in milliseconds of database time; default: production's.
 * @param options.logger default: silent.
 */
export function simulateOrders(
  process: SimulatedProcess,
  options: { readonly deadlines?: Deadlines; readonly logger?: Logger } = {},
): SimulatedOrders {
  const { session } = process;
  const stores = (transaction: Transaction) => ({
    orders: createOrdersStore(transaction),
    sagas: createSagasStore(transaction),
    carts: createCartsStore(transaction, currency),
    shipments: createShipmentsStore(transaction),
  });
  const expired = createExpiredCarts(session);
  let removedCarts = 0;
  const useCases = createUseCases({
    transact: createMemoryTransact({ process, consumer: 'orders', stores }),
    keys: {
      find: (scope, operation, key) => session.transaction((transaction) => idempotencyOn(transaction).find(scope, operation, key)),
    },
    orders: createOrderReads(session),
    carts: createCartReads(session, currency),
    expired: {
      async remove(limit) {
        const removed = await expired.remove(limit);
        removedCarts += removed;
        return removed;
      },
    },
    prices: createPriceReads(session, currency),
    replica: createPriceReplica(session),
    rates: () => Promise.resolve(simulatedRates),
    due: createDueSagas(session),
    settlements: createSettlements(),
    clock: process.now,
    deadlines: options.deadlines ?? standardDeadlines,
    currency,
    telemetry: createTelemetry(options.logger ?? (silent ??= createLogger({ service: 'orders', level: 'silent' }))),
  });
  const replies = [topicOf('products.stock.v1'), topicOf('payments.payment.v1')];
  const { keepPrice } = useCases;
  const prices = { ProductChanged: onProductChanged(keepPrice), ProductArchived: onProductArchived(keepPrice) };
  return {
    name: 'orders',
    useCases,
    consumers: [
      { group: 'orders', topics: replies, handlers: sagaHandlers(useCases.advanceSaga) },
      { group: 'orders-prices', topics: [topicOf('products.catalogue.v1')], handlers: prices },
    ],
    jobs: {
      'sweep-sagas': async () => (await useCases.expireSagas()) > 0,
      'expire-carts': async () => {
        const before = removedCarts;
        await useCases.expireCarts(new AbortController().signal);
        return removedCarts > before;
      },
    },
  };
}
