import { readFileSync } from 'node:fs';
import { topicOf } from '@tally/events';
import { endOf, startConsumer, type Consumer, type Feed, type Sql } from '@tally/messaging';
import { openRedis } from '@tally/redis';
import {
  createTransact,
  createTroubleDesk,
  databaseState,
  hasScope,
  openSubgraphParts,
  sqlOf,
  startSubgraph,
  startWorkerHealth,
} from '@tally/subgraph-kit';
import type { Subgraph, SubgraphOverrides, SubgraphParts } from '@tally/subgraph-kit';
import { createHotReads } from './adapters/memory/hot-reads.ts';
import { createCatalogueReads } from './adapters/prisma/catalogue-reads.ts';
import { createCatalogueSearch } from './adapters/prisma/catalogue-search.ts';
import { createCatalogueStore } from './adapters/prisma/catalogue-store.ts';
import { createMisspelt } from './adapters/prisma/misspelt.ts';
import { oldestReservationSeconds } from './adapters/prisma/reservation-age.ts';
import { createStockStore } from './adapters/prisma/stock-store.ts';
import { createHotReads as createHotReadsOnRedis } from './adapters/redis/hot-reads.ts';
import type { ProductsConfig } from './config.ts';
import { onCatalogueChanged } from './consumers/catalogue-changed.ts';
import { onCommitStock } from './consumers/commit-stock.ts';
import { onReleaseStock } from './consumers/release-stock.ts';
import { onReserveStock } from './consumers/reserve-stock.ts';
import { onStockLevelChanged } from './consumers/stock-level-changed.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import type { Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { createTelemetry } from './telemetry.ts';
import { forgetWritten } from './use-cases/forget-written.ts';
import { createHotCatalogue, type HotCatalogue } from './use-cases/hot-catalogue.ts';
import { createUseCases, type UseCases } from './use-cases/index.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface RunningProducts extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Everything that was on the log when this was called has had its effect here. At once without the role `worker`. */
  caughtUp(): Promise<void>;
  /** Rejects when a consumer had to stop for good. `null` without the role `worker`. */
  readonly ended: Promise<unknown> | null;
}

/** Starts catalogue, search and stock; what is handed in is used and not closed. @throws {StartupError} */
export async function startProducts(config: ProductsConfig, overrides: SubgraphOverrides = {}): Promise<RunningProducts> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('products', config, overrides));
  const { logger, clock, verifier, wake } = parts;
  const client = new PrismaClient({ adapter: parts.adapter() });
  stack.defer(() => client.$disconnect());
  const sql = sqlOf(client);
  const stores = (_: unknown, open: Sql) => ({ catalogue: createCatalogueStore(open), stock: createStockStore(open) });
  const telemetry = createTelemetry(logger);
  const transact = createTransact({ client, consumer: 'products', wake, stores });
  const reads = createCatalogueReads(sql);
  const keepsRows = config.roles.includes('api') && config.hotReadsMax > 0;
  const redis = keepsRows && config.redis !== null ? stack.use(await openRedis({ address: config.redis, name: 'products', logger })) : null;
  const hotReads = () => (redis === null ? createHotReads({ maxRows: config.hotReadsMax }) : createHotReadsOnRedis({ redis }));
  const hot = keepsRows ? createHotCatalogue({ reads, hotReads: hotReads(), telemetry }) : null;
  const useCases = createUseCases({
    transact: hot === null ? transact : forgetWritten(transact, hot),
    reads: hot?.reads ?? reads,
    search: createCatalogueSearch(sql, createMisspelt(client)),
    clock,
    telemetry,
  });

  const desk = createTroubleDesk({ sql, transact });
  if (config.roles.includes('worker')) stack.use(telemetry.observeOldestReservation(() => oldestReservationSeconds(sql)));
  const health = stack.use(await startWorkerHealth(config, { database: () => databaseState(client) }));
  const worker = config.roles.includes('worker') ? stack.use(await startWorker(config, parts, useCases)) : null;
  if (hot !== null) stack.use(await startCatalogueFeed(parts, hot));
  const subgraph = config.roles.includes('api')
    ? stack.use(
        await startSubgraph<Context>({
          name: 'products',
          typeDefs,
          resolvers,
          context({ viewer }) {
            const catalogue = useCases.viewCatalogue({ seesHidden: hasScope(viewer, 'catalogue:write') });
            return { viewer, catalogue, loaders: createLoaders(catalogue), useCases, desk };
          },
          verifier,
          http: config.http,
          ready: { database: () => databaseState(client), others: () => (redis === null ? {} : { redis: redis.state }) },
          logger,
        }),
      )
    : null;
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

/** Every process reads the catalogue's events for itself and forgets, wherever rows are kept. Serves kept rows while they arrive. */
const startCatalogueFeed = ({ eventLog, logger }: SubgraphParts, hot: HotCatalogue): Promise<Feed> =>
  eventLog.follow({
    topics: [topicOf('products.catalogue.v1').name],
    from: 'now',
    onRecord: onCatalogueChanged(hot),
    onState(state, continuous) {
      logger.info({ state, continuous }, 'the events of the catalogue');
      void (state === 'following' ? hot.serve() : hot.bypass());
    },
  });

/** Relay and consumers; the relay starts first and so stops last: what the others commit while they drain still gets out. */
async function startWorker(
  { databaseUrl }: ProductsConfig,
  { eventLog: log, logger, startRelay }: SubgraphParts,
  useCases: UseCases,
): Promise<Pick<Consumer, 'caughtUp'> & { readonly ended: Promise<unknown> } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await startRelay());
  const commands = stack.use(
    await startConsumer({
      log,
      group: 'products',
      topics: [topicOf('products.commands.v1')],
      from: 'beginning',
      handlers: {
        ReserveStock: onReserveStock(useCases.reserveStock),
        CommitStock: onCommitStock(useCases.commitStock),
        ReleaseStock: onReleaseStock(useCases.releaseStock),
      },
      databaseUrl,
      logger,
    }),
  );
  // From now on: what was created or seeded before stands in the search rows already.
  const levels = stack.use(
    await startConsumer({
      log,
      group: 'products-search',
      topics: [topicOf('products.level.v1')],
      from: 'now',
      handlers: { StockLevelChanged: onStockLevelChanged(useCases.followStock) },
      databaseUrl,
      logger,
    }),
  );
  const owned = stack.move();
  return {
    ended: endOf(commands, levels),
    async caughtUp() {
      await Promise.all([commands.caughtUp(), levels.caughtUp()]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
