import { mostAttempts, type OutboxRow, type OutboxRows } from '@tally/messaging';
import type { Session } from '../database/memory-database.ts';
import { outboxTable, streamOf, type StoredEvent } from '../messaging/tables.ts';

/** The outbox of a memory database as its relay needs it; each call is a transaction of one statement. */
export function outboxRowsOn(session: Session): OutboxRows {
  return {
    readUnpublished: (limit) =>
      session.transaction(async (transaction) => {
        await transaction.statement();
        const waiting = transaction.rowsBy(outboxTable, 'waiting', 'waiting');
        const parked = new Set(transaction.rowsBy(outboxTable, 'parked', 'parked').map(streamOf));
        const free = parked.size === 0 ? waiting : waiting.filter((row) => !parked.has(streamOf(row)));
        return free
          .toSorted((one, other) => one.id - other.id)
          .slice(0, limit)
          .map(asOutboxRow);
      }),
    markPublished: (rows) =>
      session.transaction(async (transaction) => {
        await transaction.statement();
        for (const { id } of rows) {
          const row = await transaction.lock(outboxTable, id);
          if (row !== undefined) transaction.put(outboxTable, { ...row, publishedAt: transaction.startedAt });
        }
      }),
    countRefusal: ({ id }) =>
      session.transaction(async (transaction) => {
        await transaction.statement();
        const row = await transaction.lock(outboxTable, id);
        if (row === undefined) return { attempts: 0, parked: false };
        const attempts = row.attempts + 1;
        const parked = attempts >= mostAttempts;
        transaction.put(outboxTable, { ...row, attempts, parkedAt: parked ? transaction.startedAt : null });
        return { attempts, parked };
      }),
  };
}

const asOutboxRow = ({ id, eventId, topic, key, sequence, type, payload, createdAt }: StoredEvent): OutboxRow => ({
  ...{ id: String(id), eventId, topic, key, sequence, type, payload, time: createdAt },
  ...{ traceparent: null, tracestate: null },
});
