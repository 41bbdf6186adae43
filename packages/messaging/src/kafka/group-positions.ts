import type { Cluster } from 'kafkajs';
import type { From } from '../event-log.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import type { Broker } from './protocol.ts';

/** Offsets by the key of their partition. */
export type Offsets = ReadonlyMap<string, bigint>;

/** Beginning: the oldest record that is kept. Now: what comes next. A time: the first record that arrived at or after it, or what comes next. */
export async function offsetsAt(cluster: Cluster, partitions: readonly TopicPartition[], at: From): Promise<Offsets> {
  if (!(at instanceof Date)) return listOffsets(cluster, partitions, at === 'beginning' ? -2 : -1);
  const [found, ends] = await Promise.all([listOffsets(cluster, partitions, at.getTime()), listOffsets(cluster, partitions, -1)]);
  return new Map([...found].map(([key, offset]) => [key, offset < 0n ? (ends.get(key) ?? 0n) : offset]));
}

/** The group's next offsets to handle; partitions that it has none of are left out. */
export async function committedOffsets(coordinator: Broker, groupId: string, partitions: readonly TopicPartition[]): Promise<Offsets> {
  if (partitions.length === 0) return new Map(); // to the broker, none would mean all
  const { responses } = await coordinator.offsetFetch({ groupId, topics: byTopic(partitions, ({ partition }) => ({ partition })) });
  return new Map(
    responses.flatMap(({ topic, partitions: found }) =>
      found.flatMap(({ partition, offset }) => (BigInt(offset) < 0n ? [] : [[keyOf({ topic, partition }), BigInt(offset)] as const])),
    ),
  );
}

/** Partitions as requests have them. */
export function byTopic<P extends TopicPartition, T>(
  partitions: readonly P[],
  convert: (partition: P) => T,
): { readonly topic: string; readonly partitions: T[] }[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({ topic, partitions: of.map(convert) }));
}

/** @param timestamp milliseconds since 1970; -1: the end, -2: the oldest. Gives -1 where nothing is as new. */
async function listOffsets(cluster: Cluster, partitions: readonly TopicPartition[], timestamp: number): Promise<Offsets> {
  if (partitions.length === 0) return new Map();
  const wanted = byTopic(partitions, ({ partition }) => ({ partition })).map((topic) => ({ ...topic, fromTimestamp: timestamp }));
  const found = await cluster.fetchTopicsOffset(wanted);
  return new Map(
    found.flatMap(({ topic, partitions: offsets }) =>
      offsets.map(({ partition, offset }) => [keyOf({ topic, partition }), BigInt(offset)] as const),
    ),
  );
}
