import type { OutgoingEvent } from '@tally/events';
import { toUuid } from '@tally/kernel';
import type { Sql } from './sql.ts';
import { carriedTrace } from './trace-context.ts';

/** The outbox of one open transaction. */
export interface Outbox {
  /**
   * Queues events for the log: they travel exactly if the transaction commits, in this order per key. Each carries the trace context of the caller.
   * One statement whatever the number; none for an empty list.
   *
   * @throws a unique violation when a sequence was given twice, which means that its row was not locked: a bug.
   */
  append(...events: readonly OutgoingEvent[]): Promise<void>;
}

const insert = `INSERT INTO outbox (event_id, topic, key, sequence, type, payload, traceparent, tracestate)
SELECT event_id, topic, key, sequence, type, payload, $2, $3
FROM jsonb_to_recordset($1::jsonb) AS event(event_id uuid, topic text, key text, sequence bigint, type text, payload text)`;

/**
 * The outbox on a transaction.
 *
 * @param queued called with the number of events after each append, so that the caller can wake the relay once it has committed.
 */
export function outboxOn(sql: Sql, queued: (events: number) => void = () => undefined): Outbox {
  return {
    async append(...events) {
      if (events.length === 0) return;
      const rows = events.map(({ id, topic, key, sequence, type, data }) => ({
        event_id: toUuid(id),
        topic,
        key,
        sequence,
        type,
        payload: JSON.stringify(data),
      }));
      const { traceparent, tracestate } = carriedTrace();
      await sql.count(insert, [JSON.stringify(rows), traceparent, tracestate]);
      queued(events.length);
    },
  };
}
