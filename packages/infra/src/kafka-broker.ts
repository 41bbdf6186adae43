import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '@tally/runtime';
import kafkajs from 'kafkajs';
import { BROKER_USER, brokerProperties } from './broker-properties.ts';
import { readMachine } from './config.ts';
import { findKafka } from './find-parts.ts';
import { openFolder } from './folder.ts';
import { freePorts } from './free-ports.ts';
import { startServer, type Server } from './server.ts';

/** A Kafka of one node that belongs to whoever started it. */
export interface KafkaBroker extends Server {
  /** `host:port`, as KAFKA_BROKERS has it. */
  readonly brokers: string;
}

/** All may be left out. */
export interface KafkaOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Kept when the broker is disposed, and found again by the next one; default: a temporary one. */
  readonly folder?: string;
  /** Broker properties that go before ours, e.g. `{ 'log.retention.check.interval.ms': '500' }`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Name → password of who may connect, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; letters and digits only. Default: anybody, without. */
  readonly users?: Readonly<Record<string, string>>;
}

type Java = (mainClass: string, ...args: readonly string[]) => { readonly command: string; readonly args: readonly string[] };

const ATTEMPTS = 3;
// Small, and quick to start rather than to run: the second half of the compiler would pay off after minutes.
const JVM = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.apache.logging.log4j.level=INFO'];

/**
 * Starts a Kafka broker on 127.0.0.1 (about three seconds, 250 MB) and waits until it answers for its metadata.
 *
 * @throws {StartupError} Java or the jars are not here, or the broker did not start; the message says which and what to do.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const found = await findKafka(readMachine());
  if (!found.found) throw new StartupError(`${found.missing}: ${found.remedy}`);
  const java: Java = (mainClass, ...args) => ({ command: found.java, args: [...JVM, '-cp', found.classPath, mainClass, ...args] });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePorts(java, options);
    } catch (error) {
      // Somebody took a free port in between.
      if (attempt === ATTEMPTS || options.port !== undefined || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnFreePorts(java: Java, options: KafkaOptions): Promise<KafkaBroker> {
  await using stack = new AsyncDisposableStack();
  const [free = 0, controllerPort = 0] = await freePorts(2);
  const port = options.port ?? free;
  const folder = stack.use(await openFolder('tally-kafka-', options.folder));
  const dataFolder = join(folder.path, 'data');
  const users: Readonly<Record<string, string>> =
    options.users === undefined ? {} : { [BROKER_USER]: randomBytes(12).toString('hex'), ...options.users };
  const config = join(folder.path, 'server.properties');

  const properties = brokerProperties({ port, controllerPort, dataFolder, users, properties: options.properties ?? {} });
  await writeFile(config, properties, { mode: 0o600 });
  if (!(await exists(join(dataFolder, 'meta.properties')))) await format(java, config, users);

  const brokers = `127.0.0.1:${port}`;
  const server = stack.use(
    await startServer({
      name: 'Kafka',
      launch: { ...java('kafka.Kafka', config), folder, logFile: join(folder.path, 'broker.log') },
      answers: () => askForMetadata(brokers, users[BROKER_USER]),
      startWithinMs: 60_000,
      stopWithinMs: 20_000,
    }),
  );
  const owned = stack.move();
  return { ...server, brokers, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Gives the empty folder its cluster id, and SCRAM its passwords. */
async function format(java: Java, config: string, users: Readonly<Record<string, string>>): Promise<void> {
  // Sixteen bytes in URL-safe Base64, as Kafka writes them; a leading dash would pass for an option.
  const clusterId = `T${randomBytes(16).toString('base64url').slice(1, 22)}`;
  const credentials = Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]),
  );
  const { command, args } = java('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', config, ...credentials);
  try {
    await promisify(execFile)(command, args);
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new StartupError(`Kafka's folder cannot be made:\n${`${stdout}${stderr}`.trim()}`, { cause });
  }
}

/** An open port comes seconds before the broker takes part in its own cluster. */
async function askForMetadata(brokers: string, password: string | undefined): Promise<void> {
  const sasl = password === undefined ? {} : { sasl: { mechanism: 'plain' as const, username: BROKER_USER, password } };
  const admin = new kafkajs.Kafka({
    brokers: [brokers],
    ...sasl,
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers: alive, controller } = await admin.describeCluster();
    if (alive.length === 0 || controller === null) throw new Error('no broker in the cluster yet');
  } finally {
    await admin.disconnect();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
