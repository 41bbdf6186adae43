import type { Cluster } from 'kafkajs';
import type { Feed, FeedState, FollowOptions } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import { rangeOf } from './beginning.ts';
import { createOutage } from './client-log.ts';
import type { OpenClient } from './client.ts';
import { isBrokerError } from './failures.ts';
import { offsetsAt } from './group-positions.ts';
import { openLink } from './link.ts';
import { seedOf } from './protocol.ts';
import { startReading, type Batch, type Readable } from './reading.ts';

/** What feeds share with their log. Times are milliseconds. */
export interface FeedContext {
  readonly openClient: OpenClient;
  readonly prefix: string;
  readonly logger: Logger;
  readonly times: {
    readonly connectMs: number;
    readonly maxWaitMs: number;
    readonly requestMs: number;
    /** How often a topic that does not exist is looked for. */
    readonly discoverMs: number;
  };
}

/** A partition that a feed reads. `until`: what was there when the feed began, and has to arrive before it follows. */
interface Followed extends Readable {
  until: bigint;
}

/**
 * One reader of all partitions for itself, with offsets that live here and nowhere else: brokers are asked for records, never for a group. *Looking*
 * finds topics and where to begin; *reading* delivers. States: *away* until it is found where to begin (with a time: until what there was by then has
 * been delivered); *following* from then on; *away* again after a failure, *following* when all brokers that lead a partition have answered.
 */
export async function openFeed({ openClient, prefix, logger, times }: FeedContext, options: FollowOptions): Promise<Feed> {
  const { topics, from } = options;
  const followed = new Map<string, Followed>();
  const known = new Set<string>();
  const link = openLink(openClient, () => [...known].map((name) => prefix + name), times.connectMs);
  const outage = createOutage(logger, { topics }, 'a feed');
  const closing = new AbortController();
  const following = Promise.withResolvers<void>();
  following.promise.catch(() => undefined);
  let state: FeedState = 'away';
  let arrived = false;
  let holed = false;

  const call = (listener: () => void): void => {
    try {
      listener();
    } catch (error) {
      logger.error({ err: error, topics }, 'what a feed called failed, it goes on');
    }
  };
  const tell = (next: FeedState): void => {
    const continuous = !holed;
    if (closing.signal.aborted || (state === next && continuous)) return;
    state = next;
    holed = false;
    if (!continuous) logger.warn({ topics }, 'records were deleted before a feed had read them');
    call(() => options.onState?.(next, continuous));
  };
  const arrive = (): void => {
    if (arrived || [...followed.values()].some(({ next, until }) => next < until)) return;
    arrived = true;
    tell('following');
    following.resolve();
  };
  const failed = (error: unknown): number => {
    tell('away');
    return outage.met(error);
  };

  const take = (partition: Followed, { records, to }: Batch): void => {
    // What is missing is told before what came after it.
    if (holed && arrived) tell(state);
    for (const record of records) {
      if (closing.signal.aborted) return;
      partition.next = BigInt(record.position) + 1n;
      call(() => options.onRecord(record));
    }
    partition.next = to;
    arrive();
  };
  const reading = startReading<Followed>({
    link,
    ready: () => [...followed.values()],
    take,
    async outOfRange(partition, cluster) {
      const { low, high } = await rangeOf(cluster, partition);
      holed = true;
      partition.next = low;
      if (partition.until > high) partition.until = high; // a topic that was made anew
    },
    answered() {
      outage.over();
      if (arrived) tell('following');
      else arrive();
    },
    failed,
    skipped: (partition, offset) =>
      logger.error({ topic: partition.name, partition: partition.partition, offset }, 'a record that is not of this system was left out'),
    maxWaitMs: times.maxWaitMs,
    requestMs: times.requestMs,
    closing: closing.signal,
  });

  /** @param at where to begin in topics that have come to exist. */
  const look = async (at: 'beginning' | 'now' | Date): Promise<void> => {
    const cluster = await link.cluster();
    try {
      const unknown = topics.filter((name) => !known.has(name));
      const found = (await Promise.all(unknown.map((name) => findPartitions(cluster, prefix + name, name)))).flat();
      if (found.length === 0) return;
      await cluster.addMultipleTargetTopics([...new Set(found.map(({ topic }) => topic))]);
      const [starts, ends] = await Promise.all([
        offsetsAt(cluster, found, at),
        at instanceof Date ? offsetsAt(cluster, found, 'now') : null,
      ]);
      for (const partition of found) {
        const next = starts.get(keyOf(partition)) ?? 0n;
        followed.set(keyOf(partition), { ...partition, next, until: ends?.get(keyOf(partition)) ?? next });
        known.add(partition.name);
      }
    } catch (error) {
      link.discard(cluster);
      throw error;
    }
  };
  const keepLooking = async (attempted: () => void): Promise<void> => {
    for (let looked = false; !closing.signal.aborted && known.size < new Set(topics).size;) {
      let waitMs = times.discoverMs;
      try {
        // What did not exist at the first look is new from its first record on.
        await look(looked ? 'beginning' : from);
        if (!looked) outage.over();
        looked = true;
        arrive();
        reading.pump();
      } catch (error) {
        if (closing.signal.aborted) return;
        waitMs = 20 + jitteredPauseMs(failed(error), 100, 2000);
      }
      if (arrived || !looked) attempted();
      if (known.size < new Set(topics).size) await pause(waitMs, closing.signal);
    }
  };
  await settlesWithin(new Promise<void>((attempted) => void keepLooking(attempted)), 1000);

  return {
    get state() {
      return state;
    },
    following: following.promise,
    [Symbol.asyncDispose]() {
      closing.abort();
      link[Symbol.dispose]();
      following.reject(new Error(`the feed of ${topics.join(', ')} was closed before it followed`));
      return Promise.resolve();
    },
  };
}

/** The partitions of a topic; none while it does not exist or has no leaders. */
async function findPartitions(
  cluster: Cluster,
  topic: string,
  name: string,
): Promise<readonly (TopicPartition & { readonly name: string })[]> {
  try {
    const { topicMetadata } = await seedOf(cluster).metadata([topic]);
    return (topicMetadata[0]?.partitionMetadata ?? []).map(({ partitionId }) => ({ topic, name, partition: partitionId }));
  } catch (error) {
    if (isBrokerError(error, 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE')) return [];
    throw error;
  }
}
