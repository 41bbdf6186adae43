import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  installParts,
  readMachine,
  startKafka,
  startRedis,
  type KafkaBroker,
  type KafkaOptions,
  type RedisOptions,
  type RedisServer,
} from '@tally/infra';
import type { KafkaAddress } from '@tally/messaging';
import { readLog } from '@tally/embedded';
import { startProcesses, type ProcessesOptions, type ProcessesSystem } from './processes.ts';

/** As production runs: the log on Kafka, hot reads and rate limits on Redis, both servers this system's own. */
export interface KafkaSystem extends ProcessesSystem {
  readonly kafka: KafkaBroker;
  readonly kafkaAddress: KafkaAddress;
  readonly redis: RedisServer;
}

export interface KafkaSystemOptions extends ProcessesOptions {
  readonly brokerOptions?: Omit<KafkaOptions, 'folder'>;
  readonly redisOptions?: RedisOptions;
}

/**
 * Starts Redis, Kafka and then the processes; gets what of them is missing first. Kafka's files and log are in `kafka/` of the folder.
 *
 * @throws {StartupError} one line: what is missing on this machine, or who does not start.
 */
export async function startProcessesOnKafka(options: KafkaSystemOptions): Promise<KafkaSystem> {
  await using stack = new AsyncDisposableStack();
  const folder = join(options.folder, 'kafka');
  await mkdir(folder, { recursive: true });
  await installParts(readMachine(), ['redis', 'kafka'], (what, tookMs) => {
    options.progress(`${what} installed in ${(tookMs / 1000).toFixed(1)} s`);
  });
  options.progress('Redis and Kafka');
  const [redis, kafka] = await Promise.all([
    startRedis(options.redisOptions).then((server) => stack.use(server)),
    startKafka({ ...options.brokerOptions, folder }).then((server) => stack.use(server)),
  ]);
  const kafkaAddress: KafkaAddress = { kind: 'kafka', brokers: [kafka.brokers], prefix: 'harness.', tls: null, credentials: null };
  const system = stack.use(await startProcesses(options, { kafka: kafkaAddress, redis: { url: redis.url, prefix: 'harness:' } }));
  const owned = stack.move();
  return {
    ...system,
    kafka,
    kafkaAddress,
    redis,
    log: () => readLog(kafkaAddress),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
