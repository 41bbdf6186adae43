import type { TopicFacts } from '@tally/events';
import { openPool, withSessionSettings } from '../connection.ts';
import type { EventLog } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { createOpenReaders } from '../open-readers.ts';
import { openWakeChannel, type WakeChannel } from '../wake-channel.ts';
import { settlesWithin } from '../waiting.ts';
import { createAppend } from './append.ts';
import { toSubject } from './appended.ts';
import { openFeed } from './feed.ts';
import { lagOf } from './lag.ts';
import { trimTopics, type Trimmed } from './retention.ts';
import { sessionSettings } from './statements.ts';
import { openSubscription, type MemberTimes } from './subscription.ts';
import { createTopicRegister } from './topic-register.ts';
import { unavailable } from './unavailable.ts';

/** The event log on PostgreSQL. */
export interface PostgresEventLog extends EventLog {
  /**
   * Creates the rows of topics that are new. Called by itself on first use.
   *
   * @throws {EventLogUnavailableError}
   * @throws {TopicMismatchError} a topic exists with another number of partitions.
   */
  ensureTopics(): Promise<void>;
  /** Deletes what is past retention; called by itself every ten minutes. @throws {EventLogUnavailableError} */
  trim(): Promise<Trimmed>;
}

/** Settings of the event log on PostgreSQL. */
export interface PostgresEventLogOptions {
  /** As role `event_log`, which alone may write these tables. A direct connection, not a transaction pooler: it listens. */
  readonly databaseUrl: string;
  /** Every topic that is appended to or read through this object. */
  readonly topics: readonly TopicFacts[];
  readonly logger: Logger;
  /** `process`: writers and readers of this database are all in this process, behind this one object. Default `database`: others are woken, too. */
  readonly wake?: 'process' | 'database';
  /** Connections at most: for appending, and for reading with all that belongs to it. Default 3 and 2. */
  readonly connections?: { readonly append: number; readonly read: number };
  /** For tests. Default: 15 s lease, positions written within 200 ms, a look every 250 ms, 20 s for handlers at the end. */
  readonly times?: Partial<MemberTimes>;
  /** Milliseconds between trims; 0 switches them off. Default ten minutes. */
  readonly trimEveryMs?: number;
}

const defaultTimes: MemberTimes = { leaseMs: 15_000, commitDelayMs: 200, pollMs: 250, drainMs: 20_000 };

/**
 * Opens the event log on PostgreSQL: durable, at-least-once, ordered per key. Connects on demand, so it can be made while the database is away.
 *
 * @see docs/reliability.md, event log.
 */
export function createPostgresEventLog(options: PostgresEventLogOptions): PostgresEventLog {
  const { logger, connections = { append: 3, read: 2 }, trimEveryMs = 600_000 } = options;
  const databaseUrl = withSessionSettings(options.databaseUrl, sessionSettings);
  const appenders = openPool(databaseUrl, 'event log append', connections.append);
  const readers = openPool(databaseUrl, 'event log read', connections.read);
  const topics = createTopicRegister(appenders, options.topics);
  const times = { ...defaultTimes, ...options.times };
  const open = createOpenReaders();
  let wake: WakeChannel | null = null;
  const waking = openWakeChannel({
    databaseUrl: options.databaseUrl,
    channel: 'event_log',
    remote: options.wake !== 'process',
    logger,
  }).then((channel) => (wake = channel));

  const trim = async (): Promise<Trimmed> => {
    try {
      const trimmed = await trimTopics(readers, topics.all);
      if (trimmed.lostTo.length > 0) logger.error({ groups: trimmed.lostTo }, 'records were deleted before these groups had read them');
      return trimmed;
    } catch (error) {
      throw unavailable(error);
    }
  };
  const trimming =
    trimEveryMs === 0
      ? null
      : setInterval(
          () => void trim().catch((error: unknown) => logger.warn({ err: error }, 'the event log could not be trimmed')),
          trimEveryMs,
        ).unref();
  const ensureTopics = (): Promise<void> => topics.ensure();
  ensureTopics().catch((error: unknown) => logger.error({ err: error }, 'the topics of the event log could not be prepared yet'));

  return {
    append: createAppend(appenders, topics, (news) => wake?.signal(toSubject(news))),
    async subscribe(subscription) {
      for (const { name } of subscription.topics)
        if (topics.find(name) === undefined) throw new Error(`this event log was not made for topic ${name}`);
      const member = await openSubscription({ pool: readers, topics, wake: await waking, logger, times }, subscription);
      return { caughtUp: () => member.caughtUp(), ended: member.ended, [Symbol.asyncDispose]: open.untilClosed(member) };
    },
    async follow(followed) {
      const feed = await openFeed({ pool: readers, wake: await waking, logger, pollMs: times.pollMs }, followed);
      return {
        get state() {
          return feed.state;
        },
        following: feed.following,
        [Symbol.asyncDispose]: open.untilClosed(feed),
      };
    },
    async lag(group) {
      try {
        return await lagOf(readers, group);
      } catch (error) {
        throw unavailable(error);
      }
    },
    ensureTopics,
    trim,
    async [Symbol.asyncDispose]() {
      if (trimming !== null) clearInterval(trimming);
      await open[Symbol.asyncDispose]();
      await (await waking)[Symbol.asyncDispose]();
      await settlesWithin(Promise.all([appenders.end(), readers.end()]), 2000);
    },
  };
}
