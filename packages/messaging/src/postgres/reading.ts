import { fromUuid } from '@tally/kernel';
import type pg from 'pg';
import type { DeliveredRecord } from '../event-log.ts';
import { run, type Statement } from './statements.ts';

const read: Statement = {
  name: 'log_read',
  text: `SELECT wanted.topic, wanted.partition, kept.trimmed_through::float8 AS "trimmedThrough", r.position::float8 AS position, r.key,
  r.event_id AS "eventId", r.type, r.sequence::float8 AS sequence, date_part('epoch', r.time) * 1000 AS time, r.traceparent, r.tracestate, r.payload
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS wanted(topic, partition, position)
JOIN partition kept ON kept.topic = wanted.topic AND kept.partition = wanted.partition
LEFT JOIN LATERAL (SELECT * FROM record WHERE record.topic = wanted.topic AND record.partition = wanted.partition AND record.position > wanted.position
  ORDER BY record.position LIMIT $4) r ON true
ORDER BY wanted.topic, wanted.partition, r.position`,
};

const heads: Statement = { name: 'log_heads', text: 'SELECT topic, last::float8 AS last FROM topic_head WHERE topic = ANY ($1::text[])' };

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly trimmedThrough: number;
  /** Null, and so is all that follows: nothing newer is kept. */
  readonly position: number | null;
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

/** What was found in a partition. Records up to `trimmedThrough` are deleted: above the position that was asked for, some are missing here. */
export interface Found {
  readonly records: readonly DeliveredRecord[];
  readonly trimmedThrough: number;
}

/** Reads all these partitions in one statement, at most `limit` records of each. @returns what was found by `from`, in its order. */
export async function readPartitions(pool: pg.Pool, from: readonly ReadFrom[], limit: number): Promise<Found[]> {
  const rows = await run<Row & pg.QueryResultRow>(pool, read, [
    from.map(({ topic }) => topic),
    from.map(({ partition }) => partition),
    from.map(({ position }) => position),
    limit,
  ]);
  const found = new Map<string, { readonly records: DeliveredRecord[]; readonly trimmedThrough: number }>();
  for (const { trimmedThrough, position, ...row } of rows) {
    const key = `${row.topic} ${row.partition}`;
    let here = found.get(key);
    if (here === undefined) found.set(key, (here = { records: [], trimmedThrough }));
    if (position === null) continue;
    here.records.push({ ...row, eventId: fromUuid('evt', row.eventId), time: new Date(row.time), position: String(position) });
  }
  return from.map(({ topic, partition }) => found.get(`${topic} ${partition}`) ?? { records: [], trimmedThrough: 0 });
}

/** Records of one partition per read, and UTF-16 units of payload per read that make the next one smaller. */
const mostRecords = 200;
const mostUnits = 8_000_000;

/** The limit of a first read. */
export const firstLimit = 100;

/** The limit of the next read: large payloads make it smaller, others larger again. */
export function nextLimit(limit: number, found: readonly Found[]): number {
  let units = 0;
  for (const { records } of found) for (const { payload } of records) units += payload.length;
  return units > mostUnits ? Math.max(1, Math.floor((limit * mostUnits) / units / 2)) : Math.min(mostRecords, limit * 2);
}

/** The newest position of each topic. */
export async function readHeads(pool: pg.Pool, topics: readonly string[]): Promise<readonly { topic: string; last: number }[]> {
  return run<{ topic: string; last: number }>(pool, heads, [topics]);
}
