import type { Inbox } from '@tally/messaging';
import type { Transaction } from '../database/transaction.ts';
import { inboxTable, seenKey } from './tables.ts';

/** The inbox of one open transaction of a memory database. `consumer` is the name of the group. Held to the one on PostgreSQL by one contract suite. */
export function inboxOn(transaction: Transaction, consumer: string): Inbox {
  return {
    async firstSight(eventId) {
      await transaction.statement();
      const seen = { consumer, eventId, state: 'DONE', seenAt: transaction.startedAt } as const;
      if (await transaction.insert(inboxTable, seen)) return true;
      const before = await transaction.lock(inboxTable, seenKey(consumer, eventId));
      if (before?.state === 'DONE') return false;
      transaction.put(inboxTable, seen);
      return true;
    },
  };
}
