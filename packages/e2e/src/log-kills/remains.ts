import type { DatabaseUrls } from '@tally/embedded';
import type { EventLogAddress } from '@tally/messaging';
import { openSql, type Row } from '@tally/testkit';
import { readLog } from '@tally/embedded';
import type { Event, Recorded, Remains } from './judge.ts';
import { triedTopics } from './workload.ts';

/** How far a trial is. */
export interface Standing {
  readonly committed: number;
  readonly unpublished: number;
  readonly applied: number;
}

const standing = `SELECT (SELECT sum(sequence) FROM users.tried_stream)::float8 AS committed,
  (SELECT count(*) FROM users.outbox WHERE published_at IS NULL)::float8 AS unpublished,
  (SELECT sum(applied) FROM orders.tried_effect)::float8 AS applied`;

export async function readStanding(urls: DatabaseUrls): Promise<Standing> {
  await using sql = await openSql(urls.auditor);
  const { committed, unpublished, applied } = await sql.row(standing);
  return { committed: Number(committed), unpublished: Number(unpublished), applied: Number(applied) };
}

/** Everything for the judge, and how often an event was delivered after its effect. */
export async function readRemains(urls: DatabaseUrls, log: EventLogAddress): Promise<Remains & { readonly redelivered: number }> {
  await using sql = await openSql(urls.auditor);
  const counters = await sql.rows(
    'SELECT topic, key, applied::float8, last_sequence::float8 AS last, again::float8 FROM orders.tried_effect',
  );
  return {
    committed: (await sql.rows('SELECT topic, key, sequence::float8, event_id FROM users.outbox')).map(toEvent),
    streams: (await sql.rows('SELECT topic, key, sequence::float8 FROM users.tried_stream')).map(toStream),
    rolledBack: new Set((await sql.rows('SELECT event_id FROM users.tried_rollback')).map(({ event_id }) => String(event_id))),
    log: log.kind === 'kafka' ? await dumpOf(log) : (await sql.rows(ownLog, [triedTopics])).map(toRecord),
    applied: (await sql.rows('SELECT topic, key, nth::float8, sequence::float8, event_id FROM orders.tried_application')).map((row) => ({
      ...toEvent(row),
      nth: Number(row['nth']),
    })),
    counters: counters.map(({ topic, key, applied, last }) => ({
      topic: String(topic),
      key: String(key),
      applied: Number(applied),
      lastSequence: Number(last),
    })),
    redelivered: counters.reduce((sum, { again }) => sum + Number(again), 0),
  };
}

const ownLog = `SELECT topic, partition, position::float8, key, sequence::float8, event_id FROM event_log.record
WHERE topic = ANY ($1::text[]) ORDER BY topic, partition, position`;

async function dumpOf(log: EventLogAddress & { readonly kind: 'kafka' }): Promise<readonly Recorded[]> {
  const records = await readLog(log);
  return records.toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition || a.position - b.position);
}

const toStream = ({ topic, key, sequence }: Row) => ({ topic: String(topic), key: String(key), sequence: Number(sequence) });
const toEvent = (row: Row): Event => ({ ...toStream(row), eventId: String(row['event_id']) });
const toRecord = (row: Row): Recorded => ({ ...toEvent(row), partition: Number(row['partition']), position: Number(row['position']) });
