import type { Cluster } from 'kafkajs';
import type { Lag } from '../event-log.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import { within } from './deadline.ts';
import { unavailable } from './failures.ts';
import { offsetsAt } from './group-positions.ts';
import type { Link } from './link.ts';
import type { TopicRegister } from './topics.ts';
import { brokerOf, coordinatorOf, readUncommitted } from './protocol.ts';

/** Tells how far groups are behind. */
export interface LagGauge {
  /** @throws {EventLogUnavailableError} */
  of(group: string): Promise<readonly Lag[]>;
}

interface Behind extends TopicPartition {
  readonly offset: bigint;
  readonly records: number;
}

/**
 * Records are counted by offsets. The age is that of the record at the group's position, which has to be fetched: alone, once for each position, and
 * remembered while the group stands there.
 *
 * @param topics those of a group's topics that are counted.
 */
export function createLagGauge(link: Link, topics: TopicRegister, prefix: string, deadlineMs: number): LagGauge {
  /** Position and time of arrival by group and partition. */
  const arrivals = new Map<string, { readonly offset: bigint; readonly atMs: number }>();

  const arrivalOf = async (cluster: Cluster, group: string, behind: Behind): Promise<number> => {
    const key = `${group} ${keyOf(behind)}`;
    const known = arrivals.get(key);
    if (known?.offset === behind.offset) return known.atMs;
    const atMs = await fetchArrival(cluster, behind);
    if (atMs === null) return Date.now();
    arrivals.set(key, { offset: behind.offset, atMs });
    return atMs;
  };

  const measure = async (cluster: Cluster, group: string): Promise<readonly Lag[]> => {
    const coordinator = await coordinatorOf(cluster, prefix + group);
    const { responses } = await coordinator.offsetFetch({ groupId: prefix + group, topics: [] });
    // A group keeps positions of topics that it does not read any more.
    const ours = responses.filter(({ topic }) => topic.startsWith(prefix) && topics.find(topic.slice(prefix.length)) !== undefined);
    const positions = ours.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => BigInt(offset) >= 0n)
        .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
    );
    const ends = await offsetsAt(cluster, positions, 'now');
    const lags: Lag[] = [];
    for (const { topic, partition, offset } of positions.toSorted(inOrder)) {
      const records = Math.max(0, Number((ends.get(keyOf({ topic, partition })) ?? offset) - offset));
      const seconds =
        records === 0 ? 0 : Math.max(0, (Date.now() - (await arrivalOf(cluster, group, { topic, partition, offset, records }))) / 1000);
      lags.push({ topic: topic.slice(prefix.length), partition, records, seconds });
    }
    return lags;
  };

  return {
    async of(group) {
      let used: Cluster | null = null;
      const asking = async (): Promise<readonly Lag[]> => {
        await topics.ensure();
        used = await link.cluster();
        return measure(used, group);
      };
      try {
        return await within(deadlineMs, 'measuring a lag', asking());
      } catch (error) {
        if (used !== null) link.discard(used);
        throw unavailable(error);
      }
    },
  };
}

/** When the record at this offset, or the next one that is kept, arrived; milliseconds since 1970, `null` when there is none. */
async function fetchArrival(cluster: Cluster, { topic, partition, offset }: Behind): Promise<number | null> {
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await brokerOf(cluster, leader ?? '-1');
  const low = (await offsetsAt(cluster, [{ topic, partition }], 'beginning')).get(keyOf({ topic, partition })) ?? offset;
  const at = offset < low ? low : offset;
  const { responses } = await broker.fetch({
    isolationLevel: readUncommitted,
    maxWaitTime: 1,
    minBytes: 1,
    maxBytes: 1, // a broker gives one group of records even so
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(at), maxBytes: 1 }] }],
  });
  const messages = responses[0]?.partitions[0]?.messages ?? [];
  const found = messages.find((message) => BigInt(message.offset) >= at);
  return found === undefined ? null : Number(found.timestamp);
}

const inOrder = (one: TopicPartition, other: TopicPartition): number =>
  one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition;
