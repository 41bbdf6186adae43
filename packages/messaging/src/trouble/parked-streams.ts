import type { Sql } from '../sql.ts';

/** A key whose events wait: a consumer gave one up, or the log refused one. */
export interface ParkedStream {
  /** `null`: the relay parked it, and the event has not reached the log. */
  readonly consumer: string | null;
  readonly topic: string;
  readonly key: string;
  readonly since: Date;
  /** Events that wait. */
  readonly letters: number;
  /** Why the first of them was given up: class of error and message; empty in the moment between the last redriven letter and the end of the parking. */
  readonly errorClass: string;
  readonly error: string;
  /** Somebody asked to handle them again. */
  readonly redriveRequestedAt: Date | null;
}

/** Where a page ends; the next one begins behind it. */
export interface ParkedPlace {
  readonly since: Date;
  /** Empty for the relay. */
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
}

/** One page, longest parked first. */
export interface ParkedPage {
  readonly streams: readonly ParkedStream[];
  readonly hasNext: boolean;
  /** Of all; stops at 10,001. */
  readonly total: number;
}

const waiting = `SELECT consumer, topic, key, parked_at AS since, redrive_requested_at FROM parked_key WHERE parked_at IS NOT NULL
  UNION ALL SELECT '', topic, key, min(parked_at), NULL FROM outbox WHERE parked_at IS NOT NULL AND published_at IS NULL GROUP BY topic, key`;

const page = `WITH waiting AS (${waiting}), page AS (
  SELECT * FROM waiting WHERE $1::timestamptz IS NULL OR (since, consumer, topic, key) > ($1::timestamptz, $2::text, $3::text, $4::text)
  ORDER BY since, consumer, topic, key LIMIT $5::int
)
SELECT nullif(page.consumer, '') AS consumer, page.topic, page.key, page.since, page.redrive_requested_at AS "redriveRequestedAt",
  coalesce(held.letters, unsent.letters, 0) AS letters,
  CASE page.consumer WHEN '' THEN 'RecordRefused' ELSE coalesce(held.error_class, '') END AS "errorClass",
  CASE page.consumer WHEN '' THEN 'the event log refused it ' || unsent.attempts || ' times' ELSE coalesce(held.error, '') END AS error
FROM page
LEFT JOIN LATERAL (
  SELECT count(*)::float8 AS letters, (array_agg(error_class ORDER BY id))[1] AS error_class, (array_agg(error ORDER BY id))[1] AS error
  FROM dead_letter l WHERE l.consumer = page.consumer AND l.topic = page.topic AND l.key = page.key AND l.redriven_at IS NULL
) held ON page.consumer <> ''
LEFT JOIN LATERAL (
  SELECT count(*)::float8 AS letters, max(attempts) AS attempts FROM outbox o WHERE o.topic = page.topic AND o.key = page.key AND o.published_at IS NULL
) unsent ON page.consumer = ''
ORDER BY page.since, page.consumer, page.topic, page.key`;

const count = `SELECT count(*)::int AS total FROM (SELECT FROM (${waiting}) parked LIMIT 10001) counted`;

/**
 * What is parked in this database: keys that consumers gave up and rows that the log refused. Two statements, whatever the number.
 *
 * @param first 1 to 100.
 * @throws a database error; retryable when the connection was lost.
 */
export async function readParked(sql: Sql, after: ParkedPlace | null, first: number): Promise<ParkedPage> {
  const place = after === null ? [null, '', '', ''] : [after.since.toISOString(), after.consumer, after.topic, after.key];
  const rows = await sql.rows<ParkedStream>(page, [...place, first + 1]);
  const [all] = await sql.rows<{ total: number }>(count);
  return { streams: rows.slice(0, first), hasNext: rows.length > first, total: all?.total ?? 0 };
}
