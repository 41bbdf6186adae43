import type { TopicFacts } from '@tally/events';
import type { ISocketFactory } from 'kafkajs';
import type { EventLog } from '../event-log.ts';
import type { KafkaAddress } from '../event-log-address.ts';
import type { Logger } from '../logger.ts';
import { createOpenReaders } from '../open-readers.ts';
import { createAppend } from './append.ts';
import { clientsOf } from './client.ts';
import { openFeed } from './feed.ts';
import { createLagGauge } from './lag.ts';
import { openLink } from './link.ts';
import { createProducing } from './producing.ts';
import { openSubscription, type MemberTimes } from './subscription.ts';
import { createTopicRegister } from './topics.ts';

/** The event log on Kafka. */
export interface KafkaEventLog extends EventLog {
  /**
   * Creates topics that are new, with their settings. Called by itself on first use.
   *
   * @throws {EventLogUnavailableError} within three seconds when nobody answers.
   * @throws {TopicMismatchError} a topic exists with another number of partitions.
   * @throws {StartupError} wrong credentials or certificates, missing rights: one line with what to do.
   */
  ensureTopics(): Promise<void>;
}

/** Settings of the event log on Kafka. */
export interface KafkaEventLogOptions {
  readonly address: KafkaAddress;
  /** Every topic that is appended to or subscribed to through this object. */
  readonly topics: readonly TopicFacts[];
  readonly logger: Logger;
  /** How this process is called in the brokers' logs and quotas. */
  readonly clientId: string;
  /** For tests. Milliseconds; the defaults are below. */
  readonly times?: Partial<KafkaTimes>;
  /** For tests: makes the connections. Default: TCP or TLS to the broker's own address. */
  readonly socketFactory?: ISocketFactory;
}

/** Times in milliseconds. */
export interface KafkaTimes extends MemberTimes {
  /** Deadline of an append. */
  readonly appendMs: number;
  /** Until brokers must have answered at all, when topics are made sure of; and until these must be there. */
  readonly answerMs: number;
  readonly createMs: number;
  /** How often a feed looks for a topic that does not exist. */
  readonly discoverMs: number;
  /** Deadline of a question about lag. */
  readonly lagMs: number;
}

const defaultTimes: KafkaTimes = {
  sessionMs: 15_000,
  heartbeatMs: 500,
  commitDelayMs: 200,
  maxWaitMs: 250,
  drainMs: 20_000,
  connectMs: 5000,
  requestMs: 5000,
  appendMs: 30_000,
  answerMs: 3000,
  createMs: 20_000,
  discoverMs: 500,
  lagMs: 5000,
};

/** A broker holds a produce request until its replicas have it: longer than other requests. */
const produceRequestMs = 10_000;

/**
 * Opens the event log on Kafka: durable, at-least-once, ordered per key. Connects on demand, so it can be made while the brokers are away.
 *
 * @see docs/reliability.md, event log.
 */
export function createKafkaEventLog(options: KafkaEventLogOptions): KafkaEventLog {
  const { address, logger, clientId } = options;
  const { prefix } = address;
  const times = { ...defaultTimes, ...options.times };
  /** A member must know in time that a request has failed. */
  const memberTimes = { ...times, requestMs: Math.min(times.requestMs, times.sessionMs) };
  const client = {
    address,
    clientId,
    logger,
    connectMs: Math.min(2000, times.connectMs),
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  };
  const openClient = clientsOf({ ...client, requestMs: times.requestMs });
  const openMemberClient = clientsOf({ ...client, requestMs: memberTimes.requestMs });
  const topics = createTopicRegister(openClient, address, options.topics, times);
  const producing = createProducing(clientsOf({ ...client, requestMs: produceRequestMs }));
  const asking = openLink(openClient, () => topics.all.map(({ name }) => prefix + name), times.connectMs);
  const lags = createLagGauge(asking, topics, prefix, times.lagMs);
  const open = createOpenReaders();

  topics.ensure().catch((error: unknown) => logger.error({ err: error }, 'the topics of the event log could not be prepared yet'));

  return {
    append: createAppend(producing, topics, prefix, times.appendMs),
    async subscribe(subscription) {
      for (const { name } of subscription.topics)
        if (topics.find(name) === undefined) throw new Error(`this event log was not made for topic ${name}`);
      const member = await openSubscription({ openClient: openMemberClient, prefix, topics, logger, times: memberTimes }, subscription);
      return { caughtUp: () => member.caughtUp(), ended: member.ended, [Symbol.asyncDispose]: open.untilClosed(member) };
    },
    async follow(followed) {
      const feed = await openFeed({ openClient, prefix, logger, times }, followed);
      return {
        get state() {
          return feed.state;
        },
        following: feed.following,
        [Symbol.asyncDispose]: open.untilClosed(feed),
      };
    },
    lag: (group) => lags.of(group),
    ensureTopics: () => topics.ensure(),
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await producing[Symbol.asyncDispose]();
      asking[Symbol.dispose]();
    },
  };
}
