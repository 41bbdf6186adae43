import type { Cluster } from 'kafkajs';
import type { DeliveredRecord } from '../event-log.ts';
import { jitteredPauseMs, pause } from '../waiting.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import { within } from './deadline.ts';
import { causesOf } from './failures.ts';
import { byTopic } from './group-positions.ts';
import type { Link } from './link.ts';
import { brokerOf, readUncommitted, type FetchedMessage } from './protocol.ts';
import { toRecord } from './record-codec.ts';

/** A partition that is read from `next` on. */
export interface Readable extends TopicPartition {
  /** Its topic as our callers know it, without the prefix. */
  readonly name: string;
  next: bigint;
}

/** What was found from `next` on: everything below `to`, and `to` is where to go on. */
export interface Batch {
  readonly records: readonly DeliveredRecord[];
  readonly to: bigint;
}

/** Most bytes of one partition and of one answer; a larger record comes alone. */
const partitionBytes = 1_048_576;
const answerBytes = 8_388_608;

/**
 * Reads partitions for itself, from the broker that leads each. At most one *poll* is under way per broker; it waits there for records of all
 * partitions that are ready, and the next begins when it ends. After a failure: a pause, a new connection, on with the same offsets.
 */
export interface Reading {
  /** Polls brokers that are idle for partitions that have become ready. Call it whenever one has. */
  pump(): void;
}

/** @param options.maxWaitMs how long a broker may hold a poll for which it has nothing, in milliseconds; `requestMs` comes on top, then it has failed. */
export function startReading<P extends Readable>(options: {
  readonly link: Link;
  readonly ready: () => readonly P[];
  /** Called with what was found, before the next poll of that partition. */
  readonly take: (partition: P, batch: Batch) => void;
  /** `next` is not in the log, or not any more. It must be changed, or the partition must not be ready again. */
  readonly outOfRange: (partition: P, cluster: Cluster) => Promise<void>;
  /** All brokers that lead a ready partition have answered since the last failure; before what the last of them had to say is taken. */
  readonly answered: () => void;
  /** @returns how many failures there were in a row. */
  readonly failed: (error: unknown) => number;
  /** A record that is not of this system was left out. */
  readonly skipped: (partition: P, offset: string) => void;
  readonly maxWaitMs: number;
  readonly requestMs: number;
  readonly closing: AbortSignal;
}): Reading {
  const { link, closing } = options;
  const polling = new Set<string>();
  const silent = new Set<string>();
  let cluster: Cluster | null = null;
  let connecting = false;
  let told = false;

  const pump = (): void => {
    if (closing.aborted || connecting) return;
    const ready = options.ready();
    if (ready.length === 0) return;
    if (cluster === null || !link.isCurrent(cluster)) return void reconnect(null);
    const leaders = leadersOf(cluster, ready);
    if (!told) for (const nodeId of leaders.keys()) if (!polling.has(nodeId)) silent.add(nodeId);
    for (const [nodeId, partitions] of leaders) if (!polling.has(nodeId)) void poll(cluster, nodeId, partitions);
  };

  const poll = async (from: Cluster, nodeId: string, partitions: readonly P[]): Promise<void> => {
    polling.add(nodeId);
    const asked = new Map(partitions.map((partition) => [keyOf(partition), { partition, offset: partition.next }]));
    try {
      const request = {
        isolationLevel: readUncommitted,
        // To hear soon whether all answer again, nothing is waited for.
        maxWaitTime: silent.has(nodeId) ? 1 : options.maxWaitMs,
        minBytes: 1,
        maxBytes: answerBytes,
        topics: byTopic(partitions, ({ partition, next }) => ({ partition, fetchOffset: String(next), maxBytes: partitionBytes })),
      };
      const fetching = brokerOf(from, nodeId).then((broker) => broker.fetch(request));
      const { responses } = await within(options.maxWaitMs + options.requestMs, 'fetching records', fetching);
      if (closing.aborted) return;
      heard(nodeId);
      for (const { topicName, partitions: found } of responses)
        for (const { partition, messages } of found) {
          const sought = asked.get(keyOf({ topic: topicName, partition }));
          if (sought === undefined || messages.length === 0 || sought.partition.next !== sought.offset) continue;
          options.take(
            sought.partition,
            toBatch(sought.partition, messages, (offset) => options.skipped(sought.partition, offset)),
          );
        }
    } catch (error) {
      if (!closing.aborted) await recover(from, asked, error);
    } finally {
      polling.delete(nodeId);
      pump();
    }
  };

  const heard = (nodeId: string): void => {
    silent.delete(nodeId);
    if (silent.size > 0 || told) return;
    told = true;
    options.answered();
  };

  const recover = async (from: Cluster, asked: ReadonlyMap<string, { readonly partition: P }>, error: unknown): Promise<void> => {
    const lost = [...causesOf(error)].find(isOutOfRange);
    const sought = lost === undefined ? undefined : asked.get(keyOf(lost));
    if (sought === undefined) return reconnect({ from, error });
    try {
      await options.outOfRange(sought.partition, from);
    } catch (failure) {
      await reconnect({ from, error: failure });
    }
  };

  /** Goes on until there is a cluster; `pump` does nothing meanwhile. */
  const reconnect = async (failure: { readonly from: Cluster; readonly error: unknown } | null): Promise<void> => {
    if (connecting || (failure !== null && cluster !== failure.from)) return; // a poll of a connection that was given up already
    connecting = true;
    let failures = 0;
    if (failure !== null) {
      link.discard(failure.from);
      failures = options.failed(failure.error);
    }
    cluster = null;
    told = false;
    silent.clear();
    while (!closing.aborted && cluster === null) {
      if (failures > 0) await pause(20 + jitteredPauseMs(failures, 100, 2000), closing);
      try {
        cluster = closing.aborted ? null : await link.cluster();
      } catch (error) {
        if (!closing.aborted) failures = options.failed(error);
      }
    }
    connecting = false;
    pump();
  };

  return { pump };
}

function leadersOf<P extends Readable>(cluster: Cluster, partitions: readonly P[]): ReadonlyMap<string, readonly P[]> {
  const leaders = new Map<string, number>();
  for (const topic of new Set(partitions.map((partition) => partition.topic)))
    for (const { partitionId, leader } of cluster.findTopicPartitionMetadata(topic))
      leaders.set(keyOf({ topic, partition: partitionId }), leader);
  return Map.groupBy(partitions, (partition) => String(leaders.get(keyOf(partition)) ?? -1));
}

interface OutOfRange extends Error, TopicPartition {}

const isOutOfRange = (error: Error): error is OutOfRange =>
  error.name === 'KafkaJSOffsetOutOfRange' && 'topic' in error && 'partition' in error;

/** An answer may begin before what was asked for, since brokers keep records in groups; and of a group that was compacted, the end may be missing. */
function toBatch({ name, partition, next }: Readable, messages: readonly FetchedMessage[], skipped: (offset: string) => void): Batch {
  const records: DeliveredRecord[] = [];
  let to = next;
  for (const message of messages) {
    const { firstOffset, lastOffsetDelta } = message.batchContext;
    const end = BigInt(firstOffset) + BigInt(lastOffsetDelta) + 1n;
    if (end > to) to = end;
    if (message.isControlRecord || BigInt(message.offset) < next) continue;
    const record = toRecord(name, partition, message);
    if (record === null) skipped(message.offset);
    else records.push(record);
  }
  return { records, to };
}
