// Writes events through an outbox until there are enough. Started by crew.ts, and killed at any moment.
import { setTimeout as pause } from 'node:timers/promises';
import { lockedSequence, outgoing, type OutgoingEvent } from '@tally/events';
import { fromUuid, newId, toUuid } from '@tally/kernel';
import { openPool, openWakeChannel, outboxOn, type Sql } from '@tally/messaging';
import { runApp } from '@tally/runtime';
import { createRandom } from '@tally/kernel';
import { inTransaction } from '@tally/messaging';
import { lanes, mostEvents, rolledBackShare, slowMs, slowShare, wakeChannel, type TriedTopic } from '../../workload.ts';
import { atWork, settingsOf, type WriterSettings } from '../settings.ts';

interface Stream {
  readonly topic: TriedTopic;
  readonly key: string;
}

/** Thrown by a transaction that takes back what it did. */
class TakenBack extends Error {}

const lockStream = 'UPDATE tried_stream SET sequence = sequence + 1 WHERE topic = $1 AND key = $2 RETURNING sequence::float8 AS sequence';

await runApp({
  name: 'writer',
  environment: process.env,
  async start(logger) {
    const { databaseUrl, events, rate, seed } = settingsOf<WriterSettings>(process.env);
    const random = createRandom(seed);
    const pool = openPool(databaseUrl, 'writer', lanes + 1);
    const wake = await openWakeChannel({ databaseUrl, channel: wakeChannel, remote: true, logger });
    const { rows: streams } = await pool.query<Stream>('SELECT topic, key FROM tried_stream ORDER BY topic, key');
    const { rows: counted } = await pool.query<{ events: number }>('SELECT sum(sequence)::float8 AS events FROM tried_stream');
    let left = events - (counted[0]?.events ?? 0);
    const startedAt = performance.now();
    let [stopped, begun] = [false, 0];

    /** Different streams in the order in which all transactions lock them; the first ones of all are drawn most often. */
    function draw(count: number): readonly Stream[] {
      const drawn = new Set<number>();
      while (drawn.size < count) drawn.add(Math.floor(random.next() ** 2 * streams.length));
      return [...drawn].toSorted((a, b) => a - b).flatMap((index) => streams[index] ?? []);
    }

    async function lane(): Promise<void> {
      while (left > 0 && !stopped) {
        const wanted = Math.min(random.between(1, mostEvents), left);
        const takenBack = random.next() < rolledBackShare;
        const lingers = random.next() < slowShare ? random.between(1, slowMs) : 0;
        if (!takenBack) left -= wanted;
        begun += wanted;
        await pause(Math.max(0, startedAt + (begun * 1_000) / rate - performance.now()));
        const written: OutgoingEvent[] = [];
        try {
          await inTransaction(pool, async (sql) => {
            for (const stream of draw(wanted)) written.push(await eventOf(sql, stream));
            await outboxOn(sql).append(...written);
            if (lingers > 0) await pause(lingers);
            if (takenBack) throw new TakenBack();
          });
          wake.signal();
        } catch (error) {
          if (!(error instanceof TakenBack)) throw error;
          await pool.query('INSERT INTO tried_rollback SELECT unnest($1::uuid[])', [written.map(({ id }) => toUuid(id))]);
        }
      }
    }

    logger.info({ left }, atWork);
    const writing = Promise.all(Array.from({ length: lanes }, lane)).then(() => {
      // Its work is done: it leaves as if it had been asked to.
      if (!stopped) process.kill(process.pid, 'SIGTERM');
    });
    return {
      async [Symbol.asyncDispose]() {
        stopped = true;
        await writing;
        await wake[Symbol.asyncDispose]();
        await pool.end();
      },
    };
  },
});

async function eventOf(sql: Sql, { topic, key }: Stream): Promise<OutgoingEvent> {
  const [row] = await sql.rows<{ sequence: number }>(lockStream, [topic, key]);
  const sequence = lockedSequence(row?.sequence ?? 0);
  return topic === 'users.session.v1'
    ? outgoing(topic, 'SignedIn', { key, sequence, data: { user: { id: fromUuid('usr', bare(key)) }, session: { id: newId('ses') } } })
    : outgoing(topic, 'StockReserved', { key, sequence, data: { commandId: newId('cmd'), order: { id: fromUuid('ord', bare(key)) } } });
}

function bare(key: string): string {
  return key.slice(key.indexOf('_') + 1);
}
