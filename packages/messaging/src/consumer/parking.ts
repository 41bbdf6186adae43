import { lockedSequence } from '@tally/events';
import { newId, toUuid } from '@tally/kernel';
import type pg from 'pg';
import { inTransaction } from '../connection.ts';
import type { DeliveredRecord } from '../event-log.ts';
import { outboxOn } from '../outbox.ts';
import type { Sql } from '../sql.ts';

/** Why an event becomes a letter. */
export interface ParkingReason {
  readonly errorClass: string;
  readonly text: string;
  readonly attempts: number;
}

/** What follows an event whose key is parked already. */
export const followed: ParkingReason = { errorClass: 'Followed', text: 'an earlier event of its key is parked', attempts: 0 };

/** Largest payload, in UTF-16 units, that a record of the dead-letter topic repeats; the letter itself always has it. */
const mostRepeated = 300_000;

const parkKey = `INSERT INTO parked_key (consumer, topic, key, parked_at) VALUES ($1, $2, $3, now())
ON CONFLICT (consumer, topic, key) DO UPDATE SET parked_at = coalesce(parked_key.parked_at, now())`;
const lockParked = 'SELECT 1 FROM parked_key WHERE consumer = $1 AND topic = $2 AND key = $3 AND parked_at IS NOT NULL FOR UPDATE';
const rememberParked = `INSERT INTO inbox (consumer, event_id, state) VALUES ($1, $2::uuid, 'PARKED') ON CONFLICT (consumer, event_id) DO NOTHING`;
const stateOf = 'SELECT state FROM inbox WHERE consumer = $1 AND event_id = $2::uuid';
const writeLetter = `INSERT INTO dead_letter
  (consumer, topic, partition, position, key, event_id, sequence, type, payload, traceparent, tracestate, recorded_at, error_class, error, attempts)
VALUES ($1, $2, $3, $4, $5, $6::uuid, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (consumer, event_id) DO UPDATE
SET redriven_at = NULL, error_class = excluded.error_class, error = excluded.error, attempts = dead_letter.attempts + excluded.attempts
WHERE dead_letter.redriven_at IS NOT NULL`;
const nextLetter =
  'UPDATE parked_key SET letters = letters + 1 WHERE consumer = $1 AND topic = $2 AND key = $3 RETURNING letters::float8 AS letters';

/**
 * Parks the key of an event together with the event: parked key, inbox row, letter and a record for `<topic>.dlq`, in one transaction. Parking it
 * again changes nothing.
 *
 * @returns `done` when the event's effect turns out to be in the database already, so that nothing was parked.
 */
export async function park(pool: pg.Pool, consumer: string, record: DeliveredRecord, reason: ParkingReason): Promise<'parked' | 'done'> {
  return inTransaction(pool, async (sql) => {
    if ((await sql.rows<{ state: string }>(stateOf, [consumer, toUuid(record.eventId)]))[0]?.state === 'DONE') return 'done';
    await sql.count(parkKey, [consumer, record.topic, record.key]);
    await writeParked(sql, consumer, record, reason);
    return 'parked';
  });
}

/** Lets an event of a parked key follow into the letters. @returns `free` when the key is not parked any more: handle the event. */
export async function followParked(pool: pg.Pool, consumer: string, record: DeliveredRecord): Promise<'parked' | 'free'> {
  return inTransaction(pool, async (sql) => {
    // The lock makes a redrive that is about to unpark wait for this letter, or this event wait for the unparking.
    if ((await sql.rows(lockParked, [consumer, record.topic, record.key])).length === 0) return 'free';
    await writeParked(sql, consumer, record, followed);
    return 'parked';
  });
}

/** The keys of these topics that are parked, as `topic key`. */
export async function readParkedKeys(sql: Sql, consumer: string, topics: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.rows<{ topic: string; key: string }>(
    'SELECT topic, key FROM parked_key WHERE consumer = $1 AND topic = ANY ($2::text[]) AND parked_at IS NOT NULL',
    [consumer, topics],
  );
  return new Set(rows.map(streamOf));
}

/** The stream of an event: its topic and key. */
export const streamOf = ({ topic, key }: { readonly topic: string; readonly key: string }): string => `${topic} ${key}`;

async function writeParked(sql: Sql, consumer: string, record: DeliveredRecord, reason: ParkingReason): Promise<void> {
  const { topic, key, partition, position, sequence, type, payload, traceparent, tracestate, time } = record;
  const eventId = toUuid(record.eventId);
  // Zero rows: delivered once more. Its letter exists, or its effect does.
  if ((await sql.count(rememberParked, [consumer, eventId])) === 0) return;
  const about = [consumer, topic, partition, position, key, eventId, sequence, type, payload, traceparent, tracestate, time];
  if ((await sql.count(writeLetter, [...about, reason.errorClass, reason.text, reason.attempts])) === 0) return;
  const [counted] = await sql.rows<{ letters: number }>(nextLetter, [consumer, topic, key]);
  // Several consumers may park the same key: each writes a stream of its own, numbered by the row that it holds locked.
  await outboxOn(sql).append({
    id: newId('evt'),
    topic: `${topic}.dlq`,
    type: 'DeadLetter',
    key: `${consumer}/${key}`,
    sequence: lockedSequence(counted?.letters ?? 0),
    data: {
      consumer,
      topic,
      partition,
      position,
      key,
      eventId: record.eventId,
      sequence,
      type,
      error: { class: reason.errorClass, message: reason.text, attempts: reason.attempts },
      payload: payload.length > mostRepeated ? null : payload,
    },
  });
}
