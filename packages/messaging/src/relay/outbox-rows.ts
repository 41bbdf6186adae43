import { fromUuid } from '@tally/kernel';
import type pg from 'pg';
import { mostAttempts, type OutboxRow, type OutboxRows } from './pass.ts';

/** Hours that a published row stays, and rows per statement that removes them. */
const keptHours = 24;
const removalBatch = 1000;

const unpublished = {
  name: 'outbox_unpublished',
  text: `SELECT id, event_id AS "eventId", topic, key, sequence::float8 AS sequence, type, payload, traceparent, tracestate, date_part('epoch', created_at) * 1000 AS time
FROM outbox waiting WHERE published_at IS NULL AND parked_at IS NULL
  AND NOT EXISTS (SELECT FROM outbox parked WHERE parked.topic = waiting.topic AND parked.key = waiting.key AND parked.parked_at IS NOT NULL AND parked.published_at IS NULL)
ORDER BY id LIMIT $1`,
};
const mark = { name: 'outbox_mark', text: 'UPDATE outbox SET published_at = now() WHERE id = ANY ($1::bigint[])' };
const refuse = {
  name: 'outbox_refuse',
  text: `UPDATE outbox SET attempts = attempts + 1, parked_at = CASE WHEN attempts + 1 >= $2 THEN now() END WHERE id = $1 RETURNING attempts, parked_at IS NOT NULL AS parked`,
};
// Walks by id, since most of what is old lies there together; an index by time would cost every insert.
const remove = {
  name: 'outbox_remove',
  text: `WITH oldest AS (SELECT id, published_at FROM outbox WHERE id > $1 ORDER BY id LIMIT $2),
gone AS (DELETE FROM outbox WHERE id IN (SELECT id FROM oldest WHERE published_at < now() - ($3::float8 * interval '1 hour')) RETURNING id)
SELECT (SELECT max(id) FROM oldest) AS through, (SELECT count(*)::int FROM gone) AS gone`,
};
const health = {
  name: 'outbox_health',
  text: `SELECT count(*)::float8 AS pending, count(parked_at)::float8 AS parked,
  coalesce(greatest(0, date_part('epoch', now() - min(created_at) FILTER (WHERE parked_at IS NULL))), 0) AS "oldestSeconds" FROM outbox WHERE published_at IS NULL`,
};

/**
 * The outbox of a database in PostgreSQL, on the search path of a connection.
 *
 * @param ask runs one question at a time on that connection.
 */
export function outboxRowsOnPg(ask: <Answer>(question: (client: pg.Client) => Promise<Answer>) => Promise<Answer>): OutboxRows {
  return {
    readUnpublished: (limit) =>
      ask(async (client) => {
        const { rows } = await client.query<Omit<OutboxRow, 'eventId' | 'time'> & { eventId: string; time: number }>({
          ...unpublished,
          values: [limit],
        });
        return rows.map((row) => ({ ...row, eventId: fromUuid('evt', row.eventId), time: new Date(row.time) }));
      }),
    markPublished: (rows) =>
      ask(async (client) => {
        await client.query({ ...mark, values: [rows.map(({ id }) => id)] });
      }),
    countRefusal: (row) =>
      ask(async (client) => {
        const { rows } = await client.query<{ attempts: number; parked: boolean }>({ ...refuse, values: [row.id, mostAttempts] });
        return rows[0] ?? { attempts: 0, parked: false };
      }),
  };
}

/** Removes old published rows among the next thousand. @returns where to go on, or `null` when nothing old was left there. */
export async function removePublished(client: pg.Client, after: string): Promise<string | null> {
  const { rows } = await client.query<{ through: string | null; gone: number }>({ ...remove, values: [after, removalBatch, keptHours] });
  const through = rows[0]?.through ?? null;
  return through !== null && (rows[0]?.gone ?? 0) > 0 ? through : null;
}

/** How the outbox stands: rows unpublished, of these parked, and the age of the oldest that should travel, in seconds. */
export interface OutboxHealth {
  readonly pending: number;
  readonly parked: number;
  readonly oldestSeconds: number;
}

/** Reads the health of the outbox. */
export async function readHealth(client: pg.Client): Promise<OutboxHealth> {
  const { rows } = await client.query<OutboxHealth>({ ...health, values: [] });
  return rows[0] ?? { pending: 0, parked: 0, oldestSeconds: 0 };
}
