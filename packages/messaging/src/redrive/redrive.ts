import { inTransaction, openPool } from '../connection.ts';
import type { Sql } from '../sql.ts';
import { interventionsOn } from '../trouble/interventions.ts';

const request = `UPDATE parked_key SET redrive_requested_at = now() WHERE topic = $1 AND ($2::text IS NULL OR key = $2) AND parked_at IS NOT NULL
RETURNING consumer, key`;
const requestRow = `UPDATE outbox SET parked_at = NULL, attempts = 0 WHERE topic = $1 AND ($2::text IS NULL OR key = $2) AND parked_at IS NOT NULL AND published_at IS NULL
RETURNING key`;
const letters = `SELECT count(*)::float8 AS letters, min(created_at) AS oldest FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND redriven_at IS NULL`;

/** A parked key whose redrive was asked for. `consumer` is `null` where the relay had parked it: the event had not reached the log. */
export interface RedriveRequest {
  readonly consumer: string | null;
  readonly key: string;
}

/**
 * Asks the running consumers of this database to handle the letters of a topic again, of one key or of all its parked keys, and its relay to try parked
 * rows of that topic again. They notice within a second.
 *
 * @returns the parked keys it was asked for; empty when none is parked.
 */
export async function requestRedrive(sql: Sql, topic: string, key: string | null = null): Promise<readonly RedriveRequest[]> {
  const consumed = await sql.rows<RedriveRequest>(request, [topic, key]);
  const unsent = await sql.rows<{ key: string }>(requestRow, [topic, key]);
  return [...consumed, ...unsent.map((row) => ({ consumer: null, key: row.key }))];
}

/** A line of what `redrive` did. */
export interface Redriven extends RedriveRequest {
  /** Name of the database, as in `databaseUrls`. */
  readonly database: string;
  /** Events that wait, and when the oldest letter was written; `null` for rows that the relay had parked. */
  readonly letters: number;
  readonly oldest: Date | null;
}

/**
 * Asks for redrives in several databases, and puts each that finds something on record there.
 *
 * @param options.databaseUrls by name, for example the app URLs of all subgraphs.
 * @param options.by who asks, and why, in their own words.
 * @throws a database cannot be reached or has no such tables; keys of earlier ones are asked for then, asking again is harmless.
 */
export async function redrive(options: {
  readonly databaseUrls: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly key?: string | null;
  readonly by: { readonly actor: string; readonly reason: string };
}): Promise<readonly Redriven[]> {
  const { databaseUrls, topic, key = null, by } = options;
  const found: Redriven[] = [];
  for (const [database, url] of Object.entries(databaseUrls)) {
    const pool = openPool(url, 'redrive', 1);
    try {
      found.push(...(await inTransaction(pool, (sql) => redriveIn(sql, database, { topic, key, ...by }))));
    } finally {
      await pool.end();
    }
  }
  return found;
}

async function redriveIn(
  sql: Sql,
  database: string,
  { topic, key, actor, reason }: { readonly topic: string; readonly key: string | null; readonly actor: string; readonly reason: string },
): Promise<readonly Redriven[]> {
  const asked = await requestRedrive(sql, topic, key);
  const found: Redriven[] = [];
  for (const request of asked) {
    const waits =
      request.consumer === null
        ? undefined
        : (await sql.rows<{ letters: number; oldest: Date | null }>(letters, [request.consumer, topic, request.key]))[0];
    found.push({ database, ...request, letters: waits?.letters ?? (request.consumer === null ? 1 : 0), oldest: waits?.oldest ?? null });
  }
  if (asked.length > 0)
    await interventionsOn(sql).record({
      actor,
      action: 'redrive',
      subject: redriveSubject(topic, key),
      reason,
      details: redriveDetails(asked),
    });
  return found;
}

/** What stands on record of the keys: how many, and the first of them. */
export const redriveDetails = (asked: readonly RedriveRequest[]): Readonly<Record<string, unknown>> => ({
  keys: asked.length,
  first: asked.slice(0, 20),
});

/** What a redrive is on record as done to. */
export const redriveSubject = (topic: string, key: string | null): string => (key === null ? topic : `${topic} ${key}`);

/** The answer of `redrive` as text for a terminal. */
export function toTable(topic: string, redriven: readonly Redriven[]): string {
  if (redriven.length === 0) return `nothing is parked on ${topic}`;
  const lines = [
    ['database', 'consumer', 'key', 'letters', 'oldest'],
    ...redriven.map((row) => [row.database, row.consumer ?? '(relay)', row.key, String(row.letters), row.oldest?.toISOString() ?? '']),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
