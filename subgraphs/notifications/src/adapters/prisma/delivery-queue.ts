import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Claimed, DeliveryQueue } from '../../ports/delivery-queue.ts';

const claim = `WITH due AS (
  SELECT id, user_id FROM notification
  WHERE status IN ('QUEUED', 'FAILED') AND next_attempt_at <= now() AND (lease_until IS NULL OR lease_until <= now())
  ORDER BY next_attempt_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
), held AS (
  UPDATE notification n SET fence = n.fence + 1, lease_until = now() + $2::float8 * interval '1 ms',
    attempts = n.attempts + CASE WHEN contact.email IS NULL THEN 0 ELSE 1 END
  FROM due LEFT JOIN contact ON contact.user_id = due.user_id WHERE n.id = due.id
  RETURNING n.id, n.fence, n.attempts, n.message_id, contact.email, n.subject, n.text, n.html, n.created_at, n.give_up_at, n.traceparent, n.tracestate,
    n.next_attempt_at
)
SELECT held.*, now() AS claimed_at FROM held ORDER BY next_attempt_at, id`;

const sent = `UPDATE notification SET status = 'SENT', sent_at = now(), lease_until = NULL, last_error = NULL WHERE id = $1::uuid AND fence = $2::int`;

// An address that came meanwhile is not waited for; one that comes while this statement runs is found after the pause.
const failed = `UPDATE notification n SET status = $3, lease_until = NULL, last_error = $5,
  next_attempt_at = now() + CASE WHEN $6 AND EXISTS (SELECT FROM contact WHERE contact.user_id = n.user_id) THEN 0 ELSE $4::float8 END * interval '1 ms'
WHERE n.id = $1::uuid AND n.fence = $2::int`;

const oldest = `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds FROM notification WHERE status IN ('QUEUED', 'FAILED')`;

interface ClaimedColumns {
  readonly id: string;
  readonly fence: number;
  readonly attempts: number;
  readonly message_id: string;
  readonly email: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly created_at: Date;
  readonly give_up_at: Date;
  readonly claimed_at: Date;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** The queue in PostgreSQL. Every method is one statement and its own transaction. */
export function createDeliveryQueue(sql: Sql): DeliveryQueue {
  return {
    async claim(limit, leaseMs) {
      return (await sql.rows<ClaimedColumns>(claim, [limit, leaseMs])).map(toClaimed);
    },
    async takeOver() {
      await sql.count('UPDATE notification SET lease_until = now() WHERE lease_until > now()');
    },
    async sent({ id, fence }) {
      return (await sql.count(sent, [toUuid(id), fence])) === 1;
    },
    async failed({ id, fence, to }, { status, pauseMs, code }) {
      return (await sql.count(failed, [toUuid(id), fence, status, pauseMs, code, to === null])) === 1;
    },
    async oldestSeconds() {
      const [row] = await sql.rows<{ seconds: number }>(oldest);
      return row?.seconds ?? 0;
    },
  };
}

const toClaimed = (row: ClaimedColumns): Claimed => ({
  id: fromUuid('ntf', row.id),
  fence: row.fence,
  attempts: row.attempts,
  messageId: row.message_id,
  to: row.email,
  subject: row.subject,
  text: row.text,
  html: row.html,
  createdAt: row.created_at,
  giveUpAt: row.give_up_at,
  claimedAt: row.claimed_at,
  trace: { traceparent: row.traceparent, tracestate: row.tracestate },
});
