import { readFileSync } from 'node:fs';
import { topicOf } from '@tally/events';
import { endOf, interventionsOn, startConsumer, type Consumer, type Sql } from '@tally/messaging';
import {
  createTransact,
  createTroubleDesk,
  databaseState,
  idempotencyOn,
  openSubgraphParts,
  sqlOf,
  startSubgraph,
  startWorkerHealth,
  type Subgraph,
  type SubgraphOverrides,
  type SubgraphParts,
} from '@tally/subgraph-kit';
import { createCartReads } from './adapters/prisma/cart-reads.ts';
import { createCartsStore, createExpiredCarts } from './adapters/prisma/carts-store.ts';
import { createOrderReads } from './adapters/prisma/order-reads.ts';
import { createOrdersStore } from './adapters/prisma/orders-store.ts';
import { createPriceReads, createPriceReplica } from './adapters/prisma/price-replica.ts';
import { createReadRates } from './adapters/prisma/rates.ts';
import { createDueSagas, createSagasStore } from './adapters/prisma/sagas-store.ts';
import { createShipmentsStore } from './adapters/prisma/shipments-store.ts';
import { createTroubleReads } from './adapters/prisma/trouble-reads.ts';
import { createSettlements } from './adapters/wake/settlements.ts';
import type { OrdersConfig } from './config.ts';
import { onProductArchived } from './consumers/product-archived.ts';
import { onProductChanged } from './consumers/product-changed.ts';
import { sagaHandlers } from './consumers/saga-handlers.ts';
import { PrismaClient, type Prisma } from './generated/prisma/client.ts';
import { toActor, type Context, type Trouble } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { startExpireCarts } from './jobs/expire-carts.ts';
import { startSweepSagas } from './jobs/sweep-sagas.ts';
import { createTelemetry, watchAttention } from './telemetry.ts';
import { createUseCases, type UseCases } from './use-cases/index.ts';
import { createRetrySaga } from './use-cases/retry-saga.ts';
import { createViewTrouble } from './use-cases/view-trouble.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface RunningOrders extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Everything that was on the log when this was called has had its effect here. At once without the role `worker`. */
  caughtUp(): Promise<void>;
  /** Rejects when a consumer had to stop for good. `null` without the role `worker`. */
  readonly ended: Promise<unknown> | null;
}

/** Starts carts, orders, sagas and shipments; what is handed in is used and not closed. @throws {StartupError} */
export async function startOrders(config: OrdersConfig, overrides: SubgraphOverrides = {}): Promise<RunningOrders> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('orders', config, overrides));
  const client = new PrismaClient({ adapter: parts.adapter() });
  stack.defer(() => client.$disconnect());
  const { useCases, trouble } = await createUseCasesOn(client, config, parts);

  const health = stack.use(await startWorkerHealth(config, { database: () => databaseState(client) }));
  const worker = config.roles.includes('worker') ? stack.use(await startWorker(config, parts, client, useCases)) : null;
  const subgraph = config.roles.includes('api') ? stack.use(await startApi(config, parts, client, { useCases, trouble })) : null;
  stack.use(health?.working());
  const owned = stack.move();
  return {
    subgraph,
    ended: worker?.ended ?? null,
    caughtUp: async () => {
      await parts.drained();
      await worker?.caughtUp();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function createUseCasesOn(
  client: PrismaClient,
  { currency, deadlines }: OrdersConfig,
  parts: SubgraphParts,
): Promise<{ readonly useCases: UseCases; readonly trouble: Trouble }> {
  const { wake, clock, logger } = parts;
  const sql = sqlOf(client);
  const stores = (tx: Prisma.TransactionClient, open: Sql) => ({
    orders: createOrdersStore(open),
    sagas: createSagasStore(open),
    carts: createCartsStore(open, currency),
    shipments: createShipmentsStore(tx, open),
    interventions: interventionsOn(open),
  });
  const transact = createTransact({ client, consumer: 'orders', wake, stores });
  const deps = {
    transact,
    keys: idempotencyOn(sql),
    orders: createOrderReads(sql),
    carts: createCartReads(sql, currency),
    expired: createExpiredCarts(sql),
    prices: createPriceReads(sql, currency),
    replica: createPriceReplica(sql),
    rates: createReadRates(client),
    due: createDueSagas(sql),
    settlements: createSettlements(await parts.openChannel('orders_settled')),
    clock,
    deadlines,
    currency,
    telemetry: createTelemetry(logger),
  };
  const reads = createTroubleReads(sql);
  const trouble = {
    desk: createTroubleDesk({ sql, transact }),
    viewTrouble: createViewTrouble(reads),
    retrySaga: createRetrySaga({ ...deps, intervene: transact, trouble: reads }),
  };
  return { useCases: createUseCases(deps), trouble };
}

const startApi = (
  { http }: OrdersConfig,
  { verifier, logger }: SubgraphParts,
  client: PrismaClient,
  { useCases, trouble }: { readonly useCases: UseCases; readonly trouble: Trouble },
): Promise<Subgraph> =>
  startSubgraph<Context>({
    name: 'orders',
    typeDefs,
    resolvers,
    context({ viewer }) {
      const actor = toActor(viewer);
      return { viewer, actor, loaders: createLoaders(useCases, actor), useCases, trouble };
    },
    verifier,
    http,
    ready: { database: () => databaseState(client) },
    logger,
  });

/** Relay, consumers and jobs; the relay starts first and so stops last: what the others commit while they drain still gets out. */
async function startWorker(
  { databaseUrl, sweepEveryMs }: OrdersConfig,
  parts: SubgraphParts,
  client: PrismaClient,
  useCases: UseCases,
): Promise<Pick<Consumer, 'caughtUp'> & { readonly ended: Promise<unknown> } & AsyncDisposable> {
  const { eventLog: log, logger } = parts;
  await using stack = new AsyncDisposableStack();
  stack.use(await parts.startRelay());
  const reads = createTroubleReads(sqlOf(client));
  stack.use(watchAttention(() => reads.count()));
  stack.use(startSweepSagas({ useCases, everyMs: sweepEveryMs, logger }));
  stack.use(startExpireCarts({ useCases, logger }));
  const replies = { topics: [topicOf('products.stock.v1'), topicOf('payments.payment.v1')], handlers: sagaHandlers(useCases.advanceSaga) };
  const sagas = stack.use(await startConsumer({ log, group: 'orders', ...replies, from: 'beginning', databaseUrl, logger }));
  // A group of its own, so that the replica can be rebuilt from the beginning without touching the sagas.
  const catalogue = {
    topics: [topicOf('products.catalogue.v1')],
    handlers: { ProductChanged: onProductChanged(useCases.keepPrice), ProductArchived: onProductArchived(useCases.keepPrice) },
  };
  const prices = stack.use(
    await startConsumer({ log, group: 'orders-prices', ...catalogue, from: 'beginning', databaseUrl, logger, concurrency: 2 }),
  );
  const owned = stack.move();
  return {
    ended: endOf(sagas, prices),
    async caughtUp() {
      await Promise.all([sagas.caughtUp(), prices.caughtUp()]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
