import type { TopicFacts } from '@tally/events';
import type { Cluster } from 'kafkajs';
import { EventLogUnavailableError, TopicMismatchError } from '../event-log.ts';
import type { KafkaAddress } from '../event-log-address.ts';
import { pause } from '../waiting.ts';
import type { OpenClient } from './client.ts';
import { onceDone } from '../once-done.ts';
import { within } from './deadline.ts';
import { brokerErrors, isBrokerError, reasonOf, toStartupError, unavailable } from './failures.ts';
import { seedOf, type Broker, type NewTopic } from './protocol.ts';

/** Partitions of a topic: how many it has, `forming` while it has no leaders, `null` when it does not exist. */
type Found = number | 'forming' | null;

/** The topics this log serves, and whether they exist. */
export interface TopicRegister {
  find(topic: string): TopicFacts | undefined;
  readonly all: readonly TopicFacts[];
  /**
   * Creates what is missing and waits for leaders, once; later calls cost nothing.
   *
   * @throws {EventLogUnavailableError} retryable; within the time for an answer when nobody gives one.
   * @throws {TopicMismatchError}
   * @throws {StartupError} wrong credentials or certificates, missing rights; one line with what to do.
   */
  ensure(): Promise<void>;
  /** A broker did not know one of them: the next `ensure` looks again. */
  forget(): void;
}

/** @param times milliseconds until brokers must have answered at all, and until all topics must be there. */
export function createTopicRegister(
  openClient: OpenClient,
  address: KafkaAddress,
  topics: readonly TopicFacts[],
  times: { readonly answerMs: number; readonly createMs: number },
): TopicRegister {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));

  const ensured = onceDone(async () => {
    using client = openClient();
    const { cluster } = client;
    try {
      await within(times.answerMs, 'connecting', cluster.connect());
      await within(times.createMs, 'creating topics', createTopics(cluster, address.prefix, [...byName.values()]));
    } catch (error) {
      if (error instanceof TopicMismatchError) throw error;
      throw toStartupError(error, address) ?? hinted(error, address);
    }
  });

  return {
    find: (topic) => byName.get(topic),
    all: [...byName.values()],
    ensure: () => ensured.done(),
    forget: () => ensured.again(),
  };
}

/** A broker that asks for a name or for TLS just hangs up on who brings neither. */
function hinted(error: unknown, { brokers, tls, credentials }: KafkaAddress): Error {
  if (!/closed connection|disconnected before secure TLS|ECONNRESET/i.test(reasonOf(error))) return unavailable(error);
  const missing = [...(tls === null ? ['KAFKA_TLS=on'] : []), ...(credentials === null ? ['KAFKA_USERNAME'] : [])];
  const hint = missing.length === 0 ? 'is it the right port?' : `does it want ${missing.join(' or ')}?`;
  return new EventLogUnavailableError(`Kafka at ${brokers.join(',')} hangs up: ${hint}`, { cause: error });
}

async function createTopics(cluster: Cluster, prefix: string, topics: readonly TopicFacts[]): Promise<void> {
  for (;;) {
    const broker = seedOf(cluster);
    const found = await Promise.all(topics.map(({ name }) => lookUp(broker, prefix + name)));
    for (const [at, topic] of topics.entries()) {
      const partitions = found[at];
      if (typeof partitions === 'number' && partitions !== topic.partitions) throw mismatch(topic, partitions);
    }
    const missing = topics.filter((_, at) => found[at] === null);
    if (missing.length === 0 && !found.includes('forming')) return;
    if (missing.length > 0)
      await create(
        broker,
        missing.map((topic) => toNewTopic(prefix, topic)),
      );
    await pause(50);
  }
}

async function lookUp(broker: Broker, name: string): Promise<Found> {
  try {
    const { topicMetadata } = await broker.metadata([name]);
    return topicMetadata[0]?.partitionMetadata.length ?? null;
  } catch (error) {
    if (isBrokerError(error, 'LEADER_NOT_AVAILABLE')) return 'forming';
    if (isBrokerError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return null;
    throw error;
  }
}

/** Any broker hands it on to the controller (KRaft). */
async function create(broker: Broker, topics: readonly NewTopic[]): Promise<void> {
  try {
    await broker.createTopics({ topics, timeout: 5000 });
  } catch (error) {
    const types = brokerErrors(error);
    // Somebody else was first; or a broker is just starting: the next look tells.
    if (types.length === 0 || !types.every((type) => harmless.has(type))) throw error;
  }
}

const harmless = new Set(['TOPIC_ALREADY_EXISTS', 'UNKNOWN_TOPIC_OR_PARTITION', 'REQUEST_TIMED_OUT', 'LEADER_NOT_AVAILABLE']);

/**
 * Records carry the time at which they arrived, so that a time finds the same place whoever wrote it. A compacted topic keeps the newest record of
 * each key for ever, and all others as long as an ordinary one.
 */
function toNewTopic(prefix: string, { name, partitions, compacted, retentionDays }: TopicFacts): NewTopic {
  const retentionMs = String(retentionDays * 86_400_000);
  const settings = {
    'cleanup.policy': compacted ? 'compact' : 'delete',
    ...(compacted ? { 'min.compaction.lag.ms': retentionMs } : { 'retention.ms': retentionMs }),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(maxBatchBytes),
  };
  return {
    topic: prefix + name,
    numPartitions: partitions,
    replicationFactor: -1, // what the brokers are set to
    configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
  };
}

/** The largest batch of a partition: a record of the largest payload, or others of as much, with their keys and headers. */
const maxBatchBytes = 2_097_152;

const mismatch = ({ name, partitions }: TopicFacts, found: number): TopicMismatchError =>
  new TopicMismatchError(
    `topic ${name} was created with ${found} partitions, not ${partitions}: another number is another version of the topic, so give it a new name, or use another KAFKA_PREFIX`,
  );
