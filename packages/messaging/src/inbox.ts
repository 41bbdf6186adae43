import { toUuid, type Id } from '@tally/kernel';
import { meter } from './instruments.ts';
import type { Sql } from './sql.ts';

/** The inbox of one open transaction, for one consumer. */
export interface Inbox {
  /**
   * Remembers an event; `false` means that its effect is already in the database. Must be the first statement of the transaction: a second delivery
   * then waits here instead of deadlocking later. A parked event that is redriven is seen for the first time again.
   */
  firstSight(eventId: Id<'evt'>): Promise<boolean>;
}

const insert = `INSERT INTO inbox (consumer, event_id, state) VALUES ($1, $2::uuid, 'DONE')
ON CONFLICT (consumer, event_id) DO UPDATE SET state = 'DONE', seen_at = now() WHERE inbox.state = 'PARKED'`;

/** The inbox on a transaction. `consumer` is the name of the group. */
export function inboxOn(sql: Sql, consumer: string): Inbox {
  return {
    async firstSight(eventId) {
      const first = (await sql.count(insert, [consumer, toUuid(eventId)])) === 1;
      if (!first)
        meter().createCounter('inbox_duplicates_total', { description: 'Events delivered again after their effect.' }).add(1, { consumer });
      return first;
    },
  };
}
