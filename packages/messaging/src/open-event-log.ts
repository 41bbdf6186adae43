import type { TopicFacts } from '@tally/events';
import { StartupError, toStartupError } from '@tally/runtime';
import type { EventLogAddress } from './event-log-address.ts';
import { EventLogUnavailableError, TopicMismatchError, type EventLog } from './event-log.ts';
import { createKafkaEventLog } from './kafka/create-event-log.ts';
import type { Logger } from './logger.ts';
import { createPostgresEventLog } from './postgres/create-event-log.ts';

/** Settings of a process's event log, whatever it runs on. */
export interface OpenEventLogOptions {
  /** Every topic that is appended to, or read by a group, through this object. */
  readonly topics: readonly TopicFacts[];
  readonly logger: Logger;
  /** Names the process to the log's server. */
  readonly clientId: string;
  /** Of the Postgres log: whether writers and readers are all in this process. Default `database`. */
  readonly wake?: 'process' | 'database';
}

/**
 * Opens the event log at an address. A log that is away delays nothing: it is connected to in the background.
 *
 * @throws {StartupError} what waiting does not mend: credentials that are refused, a topic with another number of partitions.
 */
export async function openEventLog(address: EventLogAddress, options: OpenEventLogOptions): Promise<EventLog> {
  const { topics, logger, clientId, wake = 'database' } = options;
  await using stack = new AsyncDisposableStack();
  const log = stack.use(
    address.kind === 'kafka'
      ? createKafkaEventLog({ address, topics, logger, clientId })
      : createPostgresEventLog({ databaseUrl: address.databaseUrl, topics, logger, wake }),
  );
  try {
    await log.ensureTopics();
  } catch (error) {
    if (error instanceof TopicMismatchError) throw new StartupError(`event log: ${error.message}`, { cause: error });
    if (!(error instanceof EventLogUnavailableError)) throw error;
    if (isRefusal(error.cause)) throw toStartupError(`event log, ${nameOf(address)}`, error.cause);
    logger.warn(
      { err: error, log: nameOf(address) },
      'the event log is away: start it, or correct its address; going on without, trying on',
    );
  }
  stack.move();
  return log;
}

/** PostgreSQL answered, and will answer the same next time: wrong password, user, or database. */
const isRefusal = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && ['28P01', '28000', '3D000'].includes(String(cause.code));

/** Without secrets. */
function nameOf(address: EventLogAddress): string {
  if (address.kind === 'kafka') return `Kafka at ${address.brokers.join(', ')} (KAFKA_BROKERS)`;
  return `PostgreSQL at ${new URL(address.databaseUrl).host} (EVENT_LOG_DATABASE_URL)`;
}
