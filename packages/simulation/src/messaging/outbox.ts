import type { Outbox } from '@tally/messaging';
import type { Transaction } from '../database/transaction.ts';
import { outboxTable } from './tables.ts';

/**
 * The outbox of one open transaction of a memory database. Held to the one on PostgreSQL by one contract suite; carries no trace context.
 *
 * @param queued called with the number of events after each append, so that the caller can wake the relay once it has committed.
 */
export function outboxOn(transaction: Transaction, queued: (events: number) => void = () => undefined): Outbox {
  return {
    async append(...events) {
      if (events.length === 0) return;
      await transaction.statement();
      for (const { id: eventId, topic, key, sequence, type, data } of events) {
        await transaction.insertNew(outboxTable, {
          id: transaction.nextNumber('outbox_id'),
          ...{ eventId, topic, key, sequence, place: `${topic} ${key} ${sequence}`, type, payload: JSON.stringify(data) },
          ...{ createdAt: transaction.startedAt, publishedAt: null, attempts: 0, parkedAt: null },
        });
      }
      queued(events.length);
    },
  };
}
