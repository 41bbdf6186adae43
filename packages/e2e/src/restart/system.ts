import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionsOf, layOut, onFreePorts, startDistributed, type Distributed } from '@tally/distributed';
import { eraseEmbeddedPostgres, type DatabaseUrls, type PlatformKeys, openFoundation } from '@tally/embedded';
import { startKafka, startRedis, type KafkaBroker, type RedisServer } from '@tally/infra';
import type { KafkaAddress } from '@tally/messaging';
import { createLogger } from '@tally/runtime';

/** Everything that production has, on this machine. Disposal stops the apps first and what they stand on last. */
export interface RestartedSystem extends AsyncDisposable {
  readonly apps: Distributed;
  /** Origins. */
  readonly gateways: readonly [string, string];
  readonly kafka: KafkaBroker;
  readonly kafkaAddress: KafkaAddress;
  readonly redis: RedisServer;
  readonly urls: DatabaseUrls;
  readonly keys: PlatformKeys;
  readonly dataDir: string;
  /** Processes that ended though nobody had asked them to, in words. */
  readonly unasked: readonly string[];
}

const layout = { gateways: 2, split: true, workers: 2 } as const;

/**
 * Starts Redis, Kafka, a PostgreSQL with the seed, and every app: two gateways, and of each subgraph one process that answers and two that work, under the
 * limits of production.
 *
 * @param folder empty; gets the data, what each process prints in `logs/`, and Kafka's files and log in `kafka/`.
 * @throws {StartupError} one line: what is missing on this machine, or who does not start.
 */
export async function startSystem(folder: string, progress: (step: string) => void): Promise<RestartedSystem> {
  await using stack = new AsyncDisposableStack();
  const logs = join(folder, 'logs');
  const dataDir = join(folder, 'data');
  for (const path of [logs, join(folder, 'kafka')]) await mkdir(path, { recursive: true });
  progress('Redis and Kafka');
  const [redis, kafka] = await Promise.all([
    startRedis().then((server) => stack.use(server)),
    startKafka({ folder: join(folder, 'kafka') }).then((server) => stack.use(server)),
  ]);
  const kafkaAddress: KafkaAddress = { kind: 'kafka', brokers: [kafka.brokers], prefix: 'restart.', tls: null, credentials: null };
  const processes = await onFreePorts(layOut(layout));
  const logger = createLogger({ service: 'restart', level: 'warn' });
  stack.defer(() => eraseEmbeddedPostgres(dataDir));
  const foundation = stack.use(
    await openFoundation({ dataDir, databaseUrl: null, production: false }, { logger, progress, connections: connectionsOf(processes) }),
  );
  const files = new Map<string, WriteStream>();
  stack.defer(() => {
    for (const file of files.values()) file.end();
  });
  const unasked: string[] = [];
  progress(`${String(processes.length)} processes`);
  const apps = stack.use(
    await startDistributed(
      {
        urls: foundation.urls,
        keys: foundation.keys,
        keysFolder: join(foundation.keysFolder, 'processes'),
        processes,
        host: '127.0.0.1',
        limits: 'default',
        production: false,
        logLevel: 'info',
        otlpEndpoint: null,
        kafka: kafkaAddress,
        redis: { url: redis.url, prefix: 'restart:' },
        hotReadsMax: 10_000,
        smtpUrl: null,
        pages: [],
        ours: process.env,
      },
      {
        onLine(name, line) {
          const file = files.get(name) ?? createWriteStream(join(logs, `${name}.log`));
          files.set(name, file);
          file.write(`${line}\n`);
        },
        onUnaskedEnd: (_, what) => unasked.push(what),
      },
    ),
  );
  const [first, second] = apps.processes.filter(({ app }) => app === 'gateway').map(({ url }) => url);
  if (first === undefined || second === undefined) throw new RangeError('there are no two gateways');
  const owned = stack.move();
  return {
    apps,
    gateways: [first, second],
    kafka,
    kafkaAddress,
    redis,
    urls: foundation.urls,
    keys: foundation.keys,
    dataDir,
    unasked,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
