import { lockedSequence } from '@tally/events';
import type { Sql } from '@tally/messaging';
import { toUuid } from '@tally/kernel';
import type { SettlementStore } from '../../ports/work-queue.ts';

// One record carries everything, so that a statement of this size keeps its names. The fence decides: without `mine` no other part finds a row. What was
// written has given its lease back, so that a unit that runs again because nobody heard of its commit writes nothing.
const write = `WITH r AS (
  SELECT * FROM jsonb_to_record($1::jsonb) AS r(
    id bigint, fence int, state text, call text, key text, run_in_ms float8, tries int, enquiries int, doubt_since timestamptz, unknown_since timestamptz,
    payment jsonb, refund_status text, attempt jsonb)
), mine AS (
  UPDATE payment_operation o SET state = r.state, call = r.call, key = r.key, lease_until = NULL, hurried = false,
    run_at = now() + CASE WHEN o.hurried THEN 0 ELSE r.run_in_ms END * interval '1 ms', tries = r.tries,
    enquiries = r.enquiries, doubt_since = r.doubt_since, unknown_since = r.unknown_since, done_at = CASE WHEN r.state = 'DONE' THEN now() END
  FROM r WHERE o.id = r.id AND o.fence = r.fence AND o.lease_until IS NOT NULL
  RETURNING o.id, o.payment_id, o.refund_id
), ended AS (
  UPDATE payment_attempt a SET outcome = e.outcome, provider_ref = e.provider_ref, error_code = e.error_code, latency_ms = e.latency_ms
  FROM mine, r, jsonb_to_record(r.attempt) AS e(number int, outcome text, provider_ref text, error_code text, latency_ms int)
  WHERE a.payment_id = mine.payment_id AND a.number = e.number
), given_back AS (
  UPDATE refund f SET status = r.refund_status, updated_at = now() FROM mine, r WHERE f.id = mine.refund_id AND r.refund_status IS NOT NULL
), moved AS (
  UPDATE payment p SET status = c.status, captured = c.captured, refunded = c.refunded, provider_ref = c.provider_ref, action_url = c.action_url,
    action_expires_at = c.action_expires_at, attention = c.attention, updated_at = now()
  FROM mine, r, jsonb_to_record(r.payment) AS c(status_was text, status text, captured bigint, refunded bigint, provider_ref text, action_url text,
    action_expires_at timestamptz, attention text)
  WHERE p.id = mine.payment_id AND p.status = c.status_was
  RETURNING p.id
)
SELECT EXISTS (SELECT FROM moved) AS moved,
  EXISTS (SELECT FROM payment_operation other WHERE other.payment_id = mine.payment_id AND other.id <> mine.id AND other.state <> 'DONE') AS others_wait
FROM mine`;

const raise = `INSERT INTO payment_stream AS stream (order_id, sequence) VALUES ($1::uuid, $2::bigint)
ON CONFLICT (order_id) DO UPDATE SET sequence = stream.sequence + $2::bigint RETURNING sequence`;

/** What is written when a step is over, on an open transaction. */
export function createSettlementStore(sql: Sql): SettlementStore {
  return {
    async write({ operation, payment, fence }, settlement, attempt) {
      const { runInMs, doubtSince, unknownSince, ...step } = settlement.operation;
      const change = settlement.payment;
      const record = {
        ...step,
        id: operation.id,
        fence,
        run_in_ms: runInMs,
        doubt_since: doubtSince,
        unknown_since: unknownSince,
        refund_status: settlement.refund,
        payment: change && {
          status_was: payment.status,
          status: change.status,
          captured: change.captured,
          refunded: change.refunded,
          provider_ref: change.providerRef,
          action_url: change.action?.url ?? null,
          action_expires_at: change.action?.expiresAt ?? null,
          attention: change.attention,
        },
        attempt: attempt && {
          number: attempt.number,
          outcome: attempt.outcome,
          provider_ref: attempt.providerRef,
          error_code: attempt.errorCode,
          latency_ms: attempt.latencyMs,
        },
      };
      const [row] = await sql.rows<{ moved: boolean; others_wait: boolean }>(write, [JSON.stringify(record)]);
      if (row === undefined) return null;
      if (change !== null && !row.moved)
        throw new Error(`payment ${payment.id} was ${payment.status} when its operation was claimed and is not any more`);
      return { othersWait: row.others_wait };
    },
    async raise(orderId, count) {
      const [row] = await sql.rows<{ sequence: bigint }>(raise, [toUuid(orderId), count]);
      const last = Number(row?.sequence);
      return Array.from({ length: count }, (_, at) => lockedSequence(last - count + 1 + at));
    },
  };
}
