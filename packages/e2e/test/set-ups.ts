import type { DumpedRecord } from '@tally/audit';
import { cloneDatabase, infra, type ClonedDatabase } from '@tally/testkit';
import { afterAll, beforeAll } from 'vitest';
import { templatePepper } from '../../../prisma/seed/seed-template.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { freshKafka, startAsProcesses, type AsProcesses, type AsProcessesOptions } from '../src/topologies/as-processes.ts';
import { readLog } from '@tally/embedded';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { freshKeys } from '../src/topologies/keys.ts';
import type { MigratedDatabase, Topology } from '../src/topologies/topology.ts';
import { startBalancer } from './balancer.ts';
import { cloneEmptyShop } from './empty-shop.ts';

/** A way to run the system. */
export interface SetUp<System extends Topology = Topology> {
  readonly name: string;
  /** This machine lacks what it needs. With REQUIRE_INFRA=all asking that throws instead. */
  readonly skipped: () => boolean;
  readonly start: (database: MigratedDatabase, options: Pick<AsProcessesOptions, 'keys' | 'limits'>) => Promise<System & HasLog>;
}

/** Where the audit finds the log. */
export interface HasLog {
  /** All that it holds; `undefined`: it is in the database. */
  readonly dump: () => Promise<readonly DumpedRecord[] | undefined>;
}

/** Processes behind one address, of which every connection leads to the next gateway. */
export interface Balanced extends AsProcesses, HasLog {
  /** Of two gateways; clients of `urls.gateway` meet both. */
  readonly gateways: readonly string[];
}

const never = (): boolean => false;
const ownLog: HasLog = { dump: () => Promise.resolve(undefined) };

/** All functions of one process; the log in the database. */
export const inOneProcess: SetUp<InOneProcess> = {
  name: 'in one process',
  skipped: never,
  start: async (database, options) => ({ ...(await startInOneProcess(database, options)), ...ownLog }),
};

/** The log in the database. */
export const oneProcessPerApp: SetUp<AsProcesses> = {
  name: 'as one process per app',
  skipped: never,
  start: async (database, options) => ({ ...(await startAsProcesses(database, options)), ...ownLog }),
};

/** Two gateways, and of each subgraph one process that answers and two that work; the log in the database. */
export const manyProcesses: SetUp<Balanced> = {
  name: 'as many processes on the Postgres log',
  skipped: never,
  start: (database, options) => startBalanced(database, options),
};

/** As `manyProcesses`, the log on Kafka, hot reads and rate limits on Redis: as production runs. */
export const onKafkaAndRedis: SetUp<Balanced> = {
  name: 'as many processes on Kafka and Redis',
  // Both are asked: one that is missing must not hide behind the other.
  skipped: () => [infra.kafkaBrokers, infra.redisUrl].includes(null),
  start: (database, options) =>
    startBalanced(database, { ...options, kafka: freshKafka(infra.kafkaBrokers ?? ''), redisUrl: infra.redisUrl }),
};

async function startBalanced(database: MigratedDatabase, options: AsProcessesOptions): Promise<Balanced> {
  await using stack = new AsyncDisposableStack();
  const system = stack.use(await startAsProcesses(database, { ...options, gateways: 2, split: true, workers: 2 }));
  const { url } = stack.use(await startBalancer(system.gateways));
  const { kafka = null } = options;
  const owned = stack.move();
  return {
    ...system,
    urls: { ...system.urls, gateway: url },
    dump: async () => (kafka === null ? undefined : await readLog(kafka)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A system with a shop in it. */
export interface Shop<System extends Topology = Topology> {
  readonly database: ClonedDatabase;
  readonly system: System & HasLog;
  readonly world: World;
}

/**
 * Starts a set-up before the tests of the block in which it is called, and stops it after them.
 *
 * @param options.from `seeded`: the shop of the seed; `empty`: one that sells nothing yet.
 * @param options.limits default `default`, what production runs with.
 * @returns gives what was started; throws outside of tests.
 */
export function openedBy<System extends Topology>(
  { start }: SetUp<System>,
  { from, limits = 'default' }: { readonly from: 'seeded' | 'empty'; readonly limits?: 'default' | 'load' },
): () => Shop<System> {
  const stack = new AsyncDisposableStack();
  let running: Shop<System> | undefined;

  beforeAll(async () => {
    const database = stack.use(await (from === 'seeded' ? cloneDatabase({ from }) : cloneEmptyShop()));
    const keys = { ...(await freshKeys()), pepper: templatePepper };
    const system = stack.use(await start(database, { keys, limits }));
    running = { database, system, world: stack.use(openWorld(system.urls)) };
  }, 180_000);
  afterAll(() => stack.disposeAsync(), 60_000);

  return () => {
    if (running === undefined) throw new Error('the system is not up');
    return running;
  };
}
