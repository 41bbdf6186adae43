import { deadLetterTopic, topicOf, topics, type Topic, type TopicFacts } from '@tally/events';
import { createVerifier, gatewayIssuer, staticKeys, type Verifier } from '@tally/identity';
import { systemClock, type Clock } from '@tally/kernel';
import type { PrismaPg } from '@prisma/adapter-pg';
import { openEventLog, openWakeChannel, startRelay, type EventLog, type Relay, type WakeChannel } from '@tally/messaging';
import { createLogger, startMetricsServer, startTelemetry, toStartupError, type Logger } from '@tally/runtime';
import pg from 'pg';
import { prismaAdapter, type RawClient } from './prisma.ts';
import type { SubgraphConfig } from './subgraph-config.ts';

/** What a caller of `startX` may hand in; the rest is opened from the configuration. What was handed in is not closed. */
export interface SubgraphOverrides {
  readonly eventLog?: EventLog;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Called with the text of every statement of the subgraph's own pool. */
  readonly onStatement?: (text: string) => void;
}

/** The parts that every subgraph is wired from. Disposal closes what was opened here, in reverse. */
export interface SubgraphParts extends AsyncDisposable {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly eventLog: EventLog;
  /** Wakes this subgraph's relay. */
  readonly wake: WakeChannel;
  /** Of gateway tokens for this subgraph. */
  readonly verifier: Verifier;
  /** Further channels between the processes of this subgraph, such as the one that `wait: SETTLED` waits on. */
  openChannel(channel: string): Promise<WakeChannel>;
  /** The relay of this subgraph's outbox; start it first, so that it stops last. */
  startRelay(): ReturnType<typeof startRelay>;
  /** What was in the outbox when this was called is on the log; at once where no relay runs here. */
  drained(): Promise<void>;
  /** The driver for this subgraph's Prisma client. */
  adapter(): PrismaPg;
}

/**
 * Opens what every subgraph needs besides its own tables.
 *
 * @throws {StartupError} the database does not answer, in one line that says what to do.
 */
export async function openSubgraphParts(name: string, config: SubgraphConfig, overrides: SubgraphOverrides = {}): Promise<SubgraphParts> {
  await using stack = new AsyncDisposableStack();
  const logger = loggerOf(name, overrides.logger);
  if (config.metricsPort !== null) {
    const telemetry = stack.use(
      startTelemetry({ service: name, ...(config.otlpEndpoint === null ? {} : { otlpEndpoint: config.otlpEndpoint }) }),
    );
    stack.use(await startMetricsServer({ port: config.metricsPort, host: config.http?.host ?? '127.0.0.1', telemetry }));
  }
  await assertDatabase(name, config.databaseUrl);
  const eventLog =
    overrides.eventLog ?? stack.use(await openEventLog(config.log, { topics: allTopics(), logger, clientId: name, wake: config.wake }));
  const openChannel = (channel: string) =>
    openWakeChannel({ databaseUrl: config.databaseUrl, channel, remote: config.wake === 'database', logger });
  const wake = stack.use(await openChannel(`outbox_${name}`));
  let closing = false;
  stack.defer(() => {
    closing = true;
  });
  const owned = stack.move();
  let relay: Relay | null = null;
  return {
    logger,
    clock: overrides.clock ?? systemClock,
    eventLog,
    wake,
    verifier: createVerifier({ kind: 'gateway', issuer: gatewayIssuer, audience: name, keys: staticKeys(config.gatewayKeys) }),
    openChannel: async (channel) => owned.use(await openChannel(channel)),
    async startRelay() {
      relay = await startRelay({ databaseUrl: config.databaseUrl, name, log: eventLog, wake, logger });
      return relay;
    },
    drained: async () => relay?.drained(),
    adapter: () =>
      prismaAdapter({
        url: config.databaseUrl,
        schema: name,
        maxConnections: config.poolSize,
        onIdleError: (error) => {
          // Once we are done, the server may be done, too.
          logger[closing ? 'debug' : 'warn']({ err: error }, 'an idle connection broke');
        },
        ...(overrides.onStatement === undefined ? {} : { onStatement: overrides.onStatement }),
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** In a process of several apps, whose logger carries the process's name, a line also says which part of it speaks. */
function loggerOf(name: string, given: Logger | undefined): Logger {
  if (given === undefined) return createLogger({ service: name });
  return given.bindings()['service'] === name ? given : given.child({ part: name });
}

/** Facts of every topic of the catalogue and of its dead letters. */
export const allTopics = (): readonly TopicFacts[] =>
  (Object.keys(topics) as Topic[]).flatMap((topic) => [topicOf(topic), deadLetterTopic(topic)]);

/** Whether the database of a client answers, for health. */
export const databaseState = (client: RawClient): Promise<'ok' | 'down'> =>
  Promise.resolve(client.$queryRawUnsafe('SELECT 1')).then(
    () => 'ok',
    () => 'down',
  );

async function assertDatabase(name: string, databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  // Said to nobody else, and an `error` without a listener ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (cause) {
    throw toStartupError(`PostgreSQL of ${name} at ${new URL(databaseUrl).host}`, cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}
