import type { TopicFacts } from '@tally/events';
import { toUuid } from '@tally/kernel';
import type pg from 'pg';
import { RecordRefusedError, type LogRecord } from '../event-log.ts';
import { secondsHistogram, secondsSince } from '../instruments.ts';
import type { Appended } from './appended.ts';
import { partitionOf } from './partition-of.ts';
import { run, type Statement } from './statements.ts';
import type { TopicRegister } from './topic-register.ts';
import { unavailable } from './unavailable.ts';

/** Largest payload in UTF-8 bytes. */
export const maxPayloadBytes = 1_000_000;

/** One statement carries at most so many records and so many UTF-16 units of payload. */
const statementRecords = 500;
const statementUnits = 4_000_000;

// The head row stays locked until this statement commits: positions have no gaps and become visible in their order.
const append: Statement = {
  name: 'log_append',
  text: `WITH head AS (UPDATE topic_head SET last = last + $2::bigint WHERE topic = $1 RETURNING last - $2::bigint AS base),
stored AS (
  INSERT INTO record (topic, partition, position, key, event_id, type, sequence, time, traceparent, tracestate, payload, appended_at)
  SELECT $1, n.p, head.base + n.ord, n.k, n.e, n.t, n.s, n.w, n.a, n.b, n.d, clock_timestamp()
  FROM head CROSS JOIN ROWS FROM (json_to_recordset($3::json) AS (p int, k text, e uuid, t text, s bigint, w timestamptz, a text, b text, d text))
    WITH ORDINALITY AS n(p, k, e, t, s, w, a, b, d, ord))
SELECT base::float8 AS base FROM head`,
};

/**
 * Makes the `append` of the port: one statement per topic (or per 500 records), topics side by side, records of a topic in their order.
 *
 * @param appended called after each commit.
 */
export function createAppend(
  pool: pg.Pool,
  topics: TopicRegister,
  appended: (news: Appended) => void,
): (records: readonly LogRecord[]) => Promise<void> {
  const seconds = secondsHistogram('log_append_seconds', 'Time until an append to the event log was durable.');

  const store = async (topic: TopicFacts, records: readonly LogRecord[]): Promise<void> => {
    const partitions = new Set<number>();
    const rows = records.map((record) => {
      const partition = partitionOf(record.key, topic.partitions);
      partitions.add(partition);
      const { key, eventId, type, sequence, time, traceparent, tracestate, payload } = record;
      return { p: partition, k: key, e: toUuid(eventId), t: type, s: sequence, w: time, a: traceparent, b: tracestate, d: payload };
    });
    const started = performance.now();
    const [head] = await run<{ base: number }>(pool, append, [topic.name, records.length, JSON.stringify(rows)]);
    if (head === undefined) throw new Error(`topic ${topic.name} has no head row`);
    seconds.record(secondsSince(started), { adapter: 'postgres' });
    appended({ topic: topic.name, base: head.base, last: head.base + records.length, partitions: [...partitions] });
  };

  return async (records) => {
    const batches = byTopic(records, topics);
    try {
      await topics.ensure();
      const outcomes = await Promise.allSettled(
        batches.map(async ({ topic, chunks }) => {
          for (const chunk of chunks) await store(topic, chunk);
        }),
      );
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    } catch (error) {
      throw refusedForItself(error) ? new RecordRefusedError('a record cannot be stored', { cause: error }) : unavailable(error);
    }
  };
}

interface Batch {
  readonly topic: TopicFacts;
  readonly chunks: LogRecord[][];
}

/** @throws {RecordRefusedError} before anything is sent. */
function byTopic(records: readonly LogRecord[], topics: TopicRegister): Batch[] {
  const batches = new Map<string, Batch & { units: number }>();
  for (const record of records) {
    const topic = topics.find(record.topic);
    if (topic === undefined) throw new RecordRefusedError(`no topic ${record.topic}`);
    checkRecord(record);
    let batch = batches.get(record.topic);
    if (batch === undefined) batches.set(record.topic, (batch = { topic, chunks: [], units: 0 }));
    let chunk = batch.chunks.at(-1);
    if (chunk === undefined || chunk.length >= statementRecords || batch.units + record.payload.length > statementUnits) {
      batch.chunks.push((chunk = []));
      batch.units = 0;
    }
    chunk.push(record);
    batch.units += record.payload.length;
  }
  return [...batches.values()];
}

function checkRecord({ topic, key, type, sequence, time, payload }: LogRecord): void {
  if (payload.length * 3 > maxPayloadBytes && Buffer.byteLength(payload) > maxPayloadBytes) {
    throw new RecordRefusedError(
      `a record of ${topic} has ${String(Buffer.byteLength(payload))} bytes, ${String(maxPayloadBytes)} are allowed`,
    );
  }
  for (const text of [key, type, payload]) {
    if (text.includes('\0') || !text.isWellFormed()) throw new RecordRefusedError(`a record of ${topic} holds what is no text`);
  }
  if (!Number.isSafeInteger(sequence) || Number.isNaN(time.getTime()))
    throw new RecordRefusedError(`a record of ${topic} has no sequence or no time`);
}

/** Class 22: the values are wrong; 54: they are too large. Sending them again changes nothing. */
function refusedForItself(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(22|54)[0-9A-Z]{3}$/.test(code);
}
