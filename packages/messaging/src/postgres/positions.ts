import type pg from 'pg';
import { run, type Statement } from './statements.ts';

/** A partition up to a position, under the epoch of a claim. */
export interface ReachedPosition {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: string;
  readonly position: number;
}

const commit: Statement = {
  name: 'log_commit',
  text: `UPDATE reader SET position = reached.position FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS reached(topic, partition, epoch, position)
WHERE group_id = $1 AND reader.topic = reached.topic AND reader.partition = reached.partition AND reader.epoch = reached.epoch AND reader.position <= reached.position
RETURNING reader.topic, reader.partition`,
};

/** Moves positions forward, all in one statement. @returns the partitions whose claim still held; the others belong to somebody else by now. */
export async function commitPositions(
  pool: pg.Pool,
  group: string,
  reached: readonly ReachedPosition[],
): Promise<readonly Pick<ReachedPosition, 'topic' | 'partition'>[]> {
  const columns = [
    reached.map(({ topic }) => topic),
    reached.map(({ partition }) => partition),
    reached.map(({ epoch }) => epoch),
    reached.map(({ position }) => position),
  ];
  return run<Pick<ReachedPosition, 'topic' | 'partition'> & pg.QueryResultRow>(pool, commit, [group, ...columns]);
}

const ends: Statement = {
  name: 'log_ends',
  text: `SELECT partition.topic, partition.partition,
  coalesce((SELECT position FROM record WHERE record.topic = partition.topic AND record.partition = partition.partition ORDER BY position DESC LIMIT 1), 0)::float8 AS position
FROM partition WHERE partition.topic = ANY ($1::text[])`,
};

const behind: Statement = {
  name: 'log_behind',
  text: `SELECT wanted.topic, wanted.partition FROM unnest($2::text[], $3::int[], $4::bigint[]) AS wanted(topic, partition, position)
LEFT JOIN reader ON reader.group_id = $1 AND reader.topic = wanted.topic AND reader.partition = wanted.partition
WHERE coalesce(reader.position, -1) < wanted.position`,
};

/** A partition and a position in it. */
export type PartitionEnd = Omit<ReachedPosition, 'epoch'>;

/** The newest position of each partition of the topics; 0 where there is none. */
export async function partitionEnds(pool: pg.Pool, topics: readonly string[]): Promise<readonly PartitionEnd[]> {
  return run<PartitionEnd & pg.QueryResultRow>(pool, ends, [topics]);
}

/** How many of these positions the group has not reached. */
export async function notReached(pool: pg.Pool, group: string, wanted: readonly PartitionEnd[]): Promise<number> {
  const rows = await run(pool, behind, [
    group,
    wanted.map(({ topic }) => topic),
    wanted.map(({ partition }) => partition),
    wanted.map(({ position }) => position),
  ]);
  return rows.length;
}
