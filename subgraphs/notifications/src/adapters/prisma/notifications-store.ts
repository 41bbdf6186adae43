import { lockedSequence } from '@tally/events';
import { fromUuid, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { NotificationsStore } from '../../ports/notifications-store.ts';

// The number is only drawn for a row that is new, so that the stream gets no hole; two transactions with one event meet in the inbox before they come
// here, and the unique index stands behind that.
const add = `WITH stream AS (
  INSERT INTO inbox_stream AS stream (user_id, sequence)
  SELECT $4::uuid, 1 WHERE NOT EXISTS (SELECT FROM notification WHERE event_id = $2::uuid AND channel = $3)
  ON CONFLICT (user_id) DO UPDATE SET sequence = stream.sequence + 1 RETURNING sequence
)
INSERT INTO notification (id, event_id, channel, user_id, order_id, template, subject, text, html, message_id, give_up_at, traceparent, tracestate, sequence)
SELECT $1::uuid, $2::uuid, $3, $4::uuid, $5::uuid, $6, $7, $8, $9, $10, now() + $11::float8 * interval '1 ms', $12, $13, sequence FROM stream
RETURNING sequence`;

const markRead = `WITH unread AS (
  SELECT id FROM notification WHERE id = ANY($1::uuid[]) AND user_id = $2::uuid AND read_at IS NULL ORDER BY id FOR UPDATE
)
UPDATE notification n SET read_at = now() FROM unread WHERE n.id = unread.id RETURNING n.id`;

const raise = `INSERT INTO inbox_stream AS stream (user_id, sequence) VALUES ($1::uuid, $2::bigint)
ON CONFLICT (user_id) DO UPDATE SET sequence = stream.sequence + $2::bigint RETURNING sequence`;

const resend = `WITH dead AS (SELECT id FROM notification WHERE id = ANY($1::uuid[]) AND status = 'DEAD' ORDER BY id FOR UPDATE)
UPDATE notification n SET status = 'QUEUED', next_attempt_at = now(), give_up_at = now() + $2::float8 * interval '1 ms', last_error = NULL
FROM dead WHERE n.id = dead.id`;

/** Notifications on an open transaction. */
export function createNotificationsStore(sql: Sql): NotificationsStore {
  const uuids = (ids: readonly Id[]): readonly string[] => ids.map(toUuid);
  return {
    async add({ id, eventId, channel, userId, orderId, template, subject, text, html, messageId, trace }, giveUpMs) {
      const [row] = await sql.rows<{ sequence: bigint }>(add, [
        ...[toUuid(id), toUuid(eventId), channel, toUuid(userId), orderId === null ? null : toUuid(orderId)],
        ...[template, subject, text, html, messageId, giveUpMs, trace.traceparent, trace.tracestate],
      ]);
      return row === undefined ? null : lockedSequence(row.sequence);
    },
    async markRead(userId, ids) {
      const rows = await sql.rows<{ id: string }>(markRead, [uuids(ids), toUuid(userId)]);
      return rows.map((row) => fromUuid('ntf', row.id)).sort();
    },
    async raise(userId, count) {
      const [row] = await sql.rows<{ sequence: bigint }>(raise, [toUuid(userId), count]);
      const last = Number(row?.sequence);
      return Array.from({ length: count }, (_, at) => lockedSequence(last - count + 1 + at));
    },
    resend: (ids, giveUpMs) => sql.count(resend, [uuids(ids), giveUpMs]),
  };
}
