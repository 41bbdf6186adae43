import { crashPoint, fromUuid } from '@tally/kernel';
import type pg from 'pg';
import { inTransaction, sqlOnPg } from '../connection.ts';
import type { DeliveredRecord } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { pause, settlesWithin } from '../waiting.ts';
import { describeFailure } from './failure.ts';

/** What became of a letter that was handled again. */
type Outcome = { readonly kind: 'done' | 'aborted' } | { readonly kind: 'failed'; readonly error: unknown; readonly attempts: number };

const lookEveryMs = 1000;

const requested = `SELECT topic, key FROM parked_key WHERE consumer = $1 AND parked_at IS NOT NULL AND redrive_requested_at IS NOT NULL ORDER BY redrive_requested_at, topic, key`;
const nextLetters = `SELECT id, topic, partition, position, key, event_id AS "eventId", sequence::float8 AS sequence, type, payload, traceparent, tracestate, recorded_at AS time
FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND redriven_at IS NULL ORDER BY id LIMIT 50`;
// A handler with an inbox has made its row DONE. Without one the event is forgotten, so that it may become a letter once more.
const markRedriven = `WITH redriven AS (UPDATE dead_letter SET redriven_at = now() WHERE id = $1 RETURNING consumer, event_id)
DELETE FROM inbox USING redriven WHERE inbox.consumer = redriven.consumer AND inbox.event_id = redriven.event_id AND inbox.state = 'PARKED'`;
const keepLetter = 'UPDATE dead_letter SET error_class = $2, error = $3, attempts = attempts + $4 WHERE id = $1';
const endRequest = 'UPDATE parked_key SET redrive_requested_at = NULL WHERE consumer = $1 AND topic = $2 AND key = $3';
const lockKey = 'SELECT 1 FROM parked_key WHERE consumer = $1 AND topic = $2 AND key = $3 FOR UPDATE';
const openLetters = 'SELECT 1 FROM dead_letter WHERE consumer = $1 AND topic = $2 AND key = $3 AND redriven_at IS NULL LIMIT 1';
const unpark = 'UPDATE parked_key SET parked_at = NULL, redrive_requested_at = NULL WHERE consumer = $1 AND topic = $2 AND key = $3';

interface Letter extends Omit<DeliveredRecord, 'eventId'> {
  readonly id: string;
  readonly eventId: string;
}

/**
 * Notices requested redrives within a second and runs the letters of each key, in their order, through the consumer's handler. The key is unparked when
 * none is left; a letter that fails again stays, and those behind it. Any member of the group may do it: an advisory lock keeps it to one.
 */
export function startRedriving(options: {
  readonly pool: pg.Pool;
  readonly group: string;
  readonly attempt: (record: DeliveredRecord, signal: AbortSignal) => Promise<Outcome>;
  readonly unparked: (stream: { readonly topic: string; readonly key: string }) => void;
  readonly logger: Logger;
}): AsyncDisposable {
  const { pool, group, attempt, unparked, logger } = options;
  const sql = sqlOnPg(pool);
  const closing = new AbortController();

  /** @returns whether no letter is left. */
  const runLetters = async (topic: string, key: string): Promise<boolean> => {
    for (;;) {
      const letters = await sql.rows<Letter>(nextLetters, [group, topic, key]);
      if (letters.length === 0) return true;
      for (const { id, ...letter } of letters) {
        const outcome = await attempt({ ...letter, eventId: fromUuid('evt', letter.eventId) }, closing.signal);
        if (outcome.kind === 'aborted') return false;
        if (outcome.kind === 'failed') {
          const { errorClass, text } = describeFailure(outcome.error);
          await sql.count(keepLetter, [id, errorClass, text, outcome.attempts]);
          await sql.count(endRequest, [group, topic, key]);
          logger.error({ err: outcome.error, group, topic, key, type: letter.type }, 'a letter failed again, its key stays parked');
          return false;
        }
        crashPoint('event.redrive.after');
        await sql.count(markRedriven, [id]);
      }
    }
  };

  /** @returns false when a letter arrived meanwhile. */
  const release = (topic: string, key: string): Promise<boolean> =>
    inTransaction(pool, async (transaction) => {
      await transaction.rows(lockKey, [group, topic, key]);
      if ((await transaction.rows(openLetters, [group, topic, key])).length > 0) return false;
      await transaction.count(unpark, [group, topic, key]);
      return true;
    });

  const redriveKey = async (topic: string, key: string): Promise<void> => {
    const lock = await pool.connect();
    const name = `redrive ${group} ${topic} ${key}`;
    try {
      const { rows } = await lock.query<{ locked: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked', [name]);
      if (rows[0]?.locked !== true) return;
      while (await runLetters(topic, key)) {
        if (!(await release(topic, key))) continue;
        unparked({ topic, key });
        logger.info({ group, topic, key }, 'the key is redriven and not parked any more');
        return;
      }
    } finally {
      lock.release(true); // ends the session, and the lock with it
    }
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        for (const { topic, key } of await sql.rows<{ topic: string; key: string }>(requested, [group])) {
          if (!closing.signal.aborted) await redriveKey(topic, key);
        }
      } catch (error) {
        logger.debug({ err: error, group }, 'redrives wait for the database');
      }
      await pause(lookEveryMs, closing.signal);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await settlesWithin(running, 20_000);
    },
  };
}
