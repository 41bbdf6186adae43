import type { Cluster } from 'kafkajs';
import { PositionLostError } from '../event-log.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import type { ReachedOffset } from './committing.ts';
import { committedOffsets, offsetsAt, type Offsets } from './group-positions.ts';
import type { Broker } from './protocol.ts';

/**
 * Where a group goes on in partitions that are ours. Where it has no position yet, the starting one is written before anything is read: another member
 * may be the next to ask.
 *
 * @param options.starts where the group begins; `null`: with the oldest record.
 * @throws {PositionLostError} records were deleted before the group had read them.
 */
export async function findPositions(
  partitions: readonly TopicPartition[],
  options: {
    readonly cluster: Cluster;
    readonly coordinator: Broker;
    readonly groupId: string;
    readonly starts: Offsets | null;
    readonly commit: (reached: readonly ReachedOffset[]) => Promise<void>;
  },
): Promise<Offsets> {
  const { cluster, coordinator, groupId, starts, commit } = options;
  const [committed, oldest] = await Promise.all([
    committedOffsets(coordinator, groupId, partitions),
    offsetsAt(cluster, partitions, 'beginning'),
  ]);
  const first = (key: string): bigint => (starts ?? oldest).get(key) ?? 0n;
  const unknown = partitions.filter((partition) => !committed.has(keyOf(partition)));
  if (unknown.length > 0) await commit(unknown.map((partition) => ({ ...partition, offset: first(keyOf(partition)) })));
  for (const partition of partitions) {
    const position = committed.get(keyOf(partition));
    const low = oldest.get(keyOf(partition)) ?? 0n;
    if (position !== undefined && position < low) throw positionLost(groupId, partition, position, `records before ${low} are deleted`);
  }
  return new Map(partitions.map((partition) => [keyOf(partition), committed.get(keyOf(partition)) ?? first(keyOf(partition))]));
}

/**
 * For a partition that the brokers say has nothing at its offset.
 *
 * @returns what was lost.
 * @throws {Error} nothing: they did not agree for a moment.
 */
export async function explainOutOfRange(
  cluster: Cluster,
  groupId: string,
  partition: TopicPartition & { readonly next: bigint },
): Promise<PositionLostError> {
  const { low, high } = await rangeOf(cluster, partition);
  return positionLost(groupId, partition, partition.next, `there are records from ${low} to before ${high}`);
}

/**
 * The oldest offset that is kept, and the one that comes next.
 *
 * @throws {Error} `next` lies between them.
 */
export async function rangeOf(
  cluster: Cluster,
  partition: TopicPartition & { readonly next: bigint },
): Promise<{ readonly low: bigint; readonly high: bigint }> {
  const [oldest, ends] = await Promise.all([offsetsAt(cluster, [partition], 'beginning'), offsetsAt(cluster, [partition], 'now')]);
  const low = oldest.get(keyOf(partition)) ?? 0n;
  const high = ends.get(keyOf(partition)) ?? 0n;
  if (partition.next >= low && partition.next <= high) throw new Error('the brokers do not agree on what is in a partition');
  return { low, high };
}

const positionLost = (groupId: string, { topic, partition }: TopicPartition, offset: bigint, why: string): PositionLostError =>
  new PositionLostError(`group ${groupId} stands at ${offset} of ${topic}/${partition}, ${why}`);
