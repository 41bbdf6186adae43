import type { TopicFacts } from '@tally/events';
import type pg from 'pg';
import type { From } from '../event-log.ts';
import { startingPosition, type Start } from './starting-positions.ts';
import { run, type Statement } from './statements.ts';

/** A member of a group. `member` is a UUID of this one subscription; leases hold `leaseMs` of database time. */
export interface Membership {
  readonly group: string;
  readonly member: string;
  readonly leaseMs: number;
  readonly topics: readonly TopicFacts[];
}

/** A partition in a member's hands. */
export interface Claim {
  readonly topic: string;
  readonly partition: number;
  /** What is written under an older epoch is refused. */
  readonly epoch: string;
  /** Last handled position. */
  readonly position: number;
  readonly trimmedThrough: number;
}

const interval = (parameter: string): string => `(${parameter}::float8 * interval '1 millisecond')`;

const startGroupAt = (start: Start): Statement => ({
  name: `log_group_start_${start}`,
  text: `INSERT INTO reader (group_id, topic, partition, position)
SELECT $1, partition.topic, partition.partition, ${startingPosition(start, '$3')} FROM partition
WHERE partition.topic = ANY ($2::text[]) ORDER BY partition.topic, partition.partition
ON CONFLICT (group_id, topic, partition) DO NOTHING`,
});

const starts = { beginning: startGroupAt('beginning'), now: startGroupAt('now'), time: startGroupAt('time') };

const renewal: Statement = {
  name: 'log_renew',
  text: `WITH alive AS (
  INSERT INTO member (group_id, member, lease_until) VALUES ($1, $2, now() + ${interval('$3')})
  ON CONFLICT (group_id, member) DO UPDATE SET lease_until = excluded.lease_until),
renewed AS (UPDATE reader SET lease_until = now() + ${interval('$3')} WHERE group_id = $1 AND owner = $2 RETURNING topic, partition, epoch)
SELECT (SELECT count(*)::int FROM member WHERE group_id = $1 AND lease_until > now() AND member <> $2) AS others,
  coalesce((SELECT json_agg(renewed) FROM renewed), '[]') AS held`,
};

const claim: Statement = {
  name: 'log_claim',
  text: `UPDATE reader SET owner = $2, epoch = reader.epoch + 1, lease_until = now() + ${interval('$3')}
FROM (SELECT reader.topic, reader.partition, partition.trimmed_through FROM reader JOIN partition USING (topic, partition)
  WHERE group_id = $1 AND reader.topic = ANY ($4::text[]) AND (owner IS NULL OR lease_until < now())
  ORDER BY reader.topic, reader.partition LIMIT $5 FOR UPDATE OF reader SKIP LOCKED) free
WHERE reader.group_id = $1 AND reader.topic = free.topic AND reader.partition = free.partition
RETURNING reader.topic, reader.partition, reader.epoch, reader.position::float8 AS position, free.trimmed_through::float8 AS "trimmedThrough"`,
};

const release: Statement = {
  name: 'log_release',
  text: `UPDATE reader SET owner = NULL, lease_until = NULL FROM unnest($3::text[], $4::int[]) AS left_over(topic, partition)
WHERE group_id = $1 AND owner = $2 AND reader.topic = left_over.topic AND reader.partition = left_over.partition`,
};

const leave: Statement = {
  name: 'log_leave',
  text: `WITH gone AS (DELETE FROM member WHERE group_id = $1 AND (member = $2 OR lease_until < now() - interval '1 day'))
UPDATE reader SET owner = NULL, lease_until = NULL WHERE group_id = $1 AND owner = $2`,
};

/** Makes the rows of a group where it has none. */
export async function startGroup(pool: pg.Pool, { group, topics }: Membership, from: From): Promise<void> {
  const of = [group, topics.map(({ name }) => name)];
  if (from instanceof Date) await run(pool, starts.time, [...of, from]);
  else await run(pool, starts[from], of);
}

/** Renews what is held. @returns what is still held, and how many other members live. */
export async function renew(
  pool: pg.Pool,
  { group, member, leaseMs }: Membership,
): Promise<{ others: number; held: readonly Pick<Claim, 'topic' | 'partition'>[] }> {
  const [row] = await run<{ others: number; held: Pick<Claim, 'topic' | 'partition'>[] }>(pool, renewal, [group, member, leaseMs]);
  return row ?? { others: 0, held: [] };
}

/** Claims free and expired partitions, at most `limit`. */
export async function claimPartitions(
  pool: pg.Pool,
  { group, member, leaseMs, topics }: Membership,
  limit: number,
): Promise<readonly Claim[]> {
  return run<Claim & pg.QueryResultRow>(pool, claim, [group, member, leaseMs, topics.map(({ name }) => name), limit]);
}

/** Gives partitions back. */
export async function releasePartitions(
  pool: pg.Pool,
  { group, member }: Membership,
  given: readonly Pick<Claim, 'topic' | 'partition'>[],
): Promise<void> {
  await run(pool, release, [group, member, given.map(({ topic }) => topic), given.map(({ partition }) => partition)]);
}

/** Gives everything back and takes the member off the list. */
export async function leaveGroup(pool: pg.Pool, { group, member }: Membership): Promise<void> {
  await run(pool, leave, [group, member]);
}
