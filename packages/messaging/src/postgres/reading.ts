import { fromUuid } from '@tally/kernel';
import type pg from 'pg';
import type { DeliveredRecord } from '../event-log.ts';
import { run, type Statement } from './statements.ts';

const read: Statement = {
  name: 'log_read',
  text: `SELECT r.topic, r.partition, r.position::float8 AS position, r.key, r.event_id AS "eventId", r.type, r.sequence::float8 AS sequence,
  date_part('epoch', r.time) * 1000 AS time, r.traceparent, r.tracestate, r.payload
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS wanted(topic, partition, position)
CROSS JOIN LATERAL (SELECT * FROM record WHERE record.topic = wanted.topic AND record.partition = wanted.partition AND record.position > wanted.position
  ORDER BY record.position LIMIT $4) r
ORDER BY r.topic, r.partition, r.position`,
};

const heads: Statement = { name: 'log_heads', text: 'SELECT topic, last::float8 AS last FROM topic_head WHERE topic = ANY ($1::text[])' };

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly key: string;
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
  readonly time: number;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly payload: string;
}

/** Where to go on in a partition: after this position. */
export interface ReadFrom {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
}

/** Reads all these partitions in one statement, at most `limit` records of each. @returns records by `from`, in its order. */
export async function readPartitions(pool: pg.Pool, from: readonly ReadFrom[], limit: number): Promise<DeliveredRecord[][]> {
  const rows = await run<Row & pg.QueryResultRow>(pool, read, [
    from.map(({ topic }) => topic),
    from.map(({ partition }) => partition),
    from.map(({ position }) => position),
    limit,
  ]);
  const found = new Map<string, DeliveredRecord[]>();
  for (const row of rows) {
    const key = `${row.topic} ${row.partition}`;
    let records = found.get(key);
    if (records === undefined) found.set(key, (records = []));
    records.push({ ...row, eventId: fromUuid('evt', row.eventId), time: new Date(row.time), position: String(row.position) });
  }
  return from.map(({ topic, partition }) => found.get(`${topic} ${partition}`) ?? []);
}

/** The newest position of each topic. */
export async function readHeads(pool: pg.Pool, topics: readonly string[]): Promise<readonly { topic: string; last: number }[]> {
  return run<{ topic: string; last: number }>(pool, heads, [topics]);
}
