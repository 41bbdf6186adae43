import type { Sql } from '@tally/messaging';
import { fromUuid, newId, toUuid } from '@tally/kernel';
import type { Operation, Work } from '../../domain/operation.ts';
import type { Carried, Queue, WorkQueue } from '../../ports/work-queue.ts';
import { paymentColumns, toPayment, toRefund, type PaymentColumns, type RefundColumns } from './payment-rows.ts';

// A lease that was left behind means that a worker died between claim and result: what it began, an enquiry has to find out.
const due: Readonly<Record<Queue, string>> = {
  CALLS: `op.state = 'READY' AND op.lease_until IS NULL AND op.run_at <= now()`,
  ENQUIRIES: `op.state IN ('READY', 'ENQUIRE', 'AWAITING_BUYER') AND op.run_at <= now()
    AND CASE WHEN op.lease_until IS NULL THEN op.state <> 'READY' ELSE op.lease_until <= now() END`,
};

/** Reads what was claimed as `op`, rows of payment_operation with `was_held`; named as `ClaimedColumns` has them. */
export const readClaimed = `SELECT ${paymentColumns}, op.id::text, op.command_id, op.operation, op.call, op.key, op.state, op.deadline_at, op.fence, op.tries, op.enquiries,
  op.doubt_since, op.unknown_since, op.traceparent, op.tracestate, now() AS claimed_at,
  r.id AS refund_id, r.status AS refund_status, r.amount AS refund_amount, r.reason AS refund_reason, r.created_at AS refund_created_at,
  op.was_held AND EXISTS (SELECT FROM payment_attempt a WHERE a.payment_id = p.id AND a.outcome = 'STARTED') AS interrupted,
  EXISTS (SELECT FROM payment_operation later WHERE later.payment_id = p.id AND later.operation = 'VOID' AND later.state <> 'DONE' AND later.id > op.id) AS void_waits,
  CASE WHEN op.operation = 'REFUND' THEN
    (SELECT coalesce(sum(s.amount), 0) FROM refund s WHERE s.payment_id = p.id AND s.id <> op.refund_id AND s.status <> 'FAILED')::bigint
  ELSE 0::bigint END AS spoken_for
FROM op JOIN payment p ON p.id = op.payment_id LEFT JOIN refund r ON r.id = op.refund_id
ORDER BY op.run_at, op.id`;

// Of each payment only the first open operation, and none while another one is held.
const claim = (which: Queue): string => `WITH due AS (
  SELECT op.id, op.lease_until FROM payment_operation op
  WHERE ${due[which]} AND NOT EXISTS (
    SELECT FROM payment_operation other WHERE other.payment_id = op.payment_id AND other.state <> 'DONE' AND other.id <> op.id
      AND (other.id < op.id OR other.lease_until IS NOT NULL))
  ORDER BY op.run_at, op.id LIMIT $1 FOR UPDATE OF op SKIP LOCKED
), op AS (
  UPDATE payment_operation o SET fence = o.fence + 1, lease_until = now() + $2::float8 * interval '1 ms' FROM due WHERE o.id = due.id
  RETURNING o.*, due.lease_until IS NOT NULL AS was_held
)
${readClaimed}`;

const statements: Readonly<Record<Queue, string>> = { CALLS: claim('CALLS'), ENQUIRIES: claim('ENQUIRIES') };

const renew = `UPDATE payment_operation o SET lease_until = now() + $2::float8 * interval '1 ms'
FROM jsonb_to_recordset($1::jsonb) AS held(id bigint, fence int)
WHERE o.id = held.id AND o.fence = held.fence AND o.lease_until > now()`;

// Counting the interrupted rows makes PostgreSQL end them before the insert, which the index of open attempts would refuse otherwise.
const openAttempt = `WITH mine AS (
  SELECT payment_id FROM payment_operation WHERE id = $1::bigint AND fence = $2 AND lease_until > now() FOR UPDATE
), interrupted AS (
  UPDATE payment_attempt a SET outcome = 'UNKNOWN', error_code = 'INTERRUPTED' FROM mine WHERE a.payment_id = mine.payment_id AND a.outcome = 'STARTED' RETURNING a.id
)
INSERT INTO payment_attempt (id, payment_id, number, operation, outcome)
SELECT $3::uuid, mine.payment_id, 1 + coalesce((SELECT max(number) FROM payment_attempt past WHERE past.payment_id = mine.payment_id), 0), $4, 'STARTED'
FROM mine WHERE (SELECT count(*) FROM interrupted) >= 0
RETURNING number`;

/** A claimed operation as PostgreSQL gives it through Prisma. */
export interface ClaimedColumns extends PaymentColumns, Partial<RefundColumns> {
  readonly id: string;
  readonly command_id: string;
  readonly operation: Operation['kind'];
  readonly call: Operation['call'];
  readonly key: string;
  readonly state: Operation['state'];
  readonly deadline_at: Date | null;
  readonly fence: number;
  readonly tries: number;
  readonly enquiries: number;
  readonly doubt_since: Date | null;
  readonly unknown_since: Date | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly claimed_at: Date;
  readonly interrupted: boolean;
  readonly void_waits: boolean;
  readonly spoken_for: bigint;
}

/** The queue in PostgreSQL. Every method is one statement and its own transaction. */
export function createWorkQueue(sql: Sql): WorkQueue {
  return {
    async claim(queue, limit, leaseMs) {
      return (await sql.rows<ClaimedColumns>(statements[queue], [limit, leaseMs])).map(toWork);
    },
    async takeOver() {
      await sql.count('UPDATE payment_operation SET lease_until = now() WHERE lease_until > now()');
    },
    async renew(held, leaseMs) {
      if (held.length === 0) return;
      await sql.count(renew, [JSON.stringify(held.map(({ operation, fence }) => ({ id: operation.id, fence }))), leaseMs]);
    },
    async openAttempt({ operation, fence }, call) {
      const [row] = await sql.rows<{ number: number }>(openAttempt, [operation.id, fence, toUuid(newId('att')), call]);
      return row?.number ?? null;
    },
  };
}

/** The table is trusted: its checks hold what the types say. */
export function toWork(row: ClaimedColumns): Work & { readonly trace: Carried } {
  return {
    operation: toOperation(row),
    payment: toPayment(row),
    fence: row.fence,
    claimedAt: row.claimed_at,
    interrupted: row.interrupted,
    voidWaits: row.void_waits,
    spokenFor: Number(row.spoken_for),
    trace: { traceparent: row.traceparent, tracestate: row.tracestate },
  };
}

const toOperation = (row: ClaimedColumns): Operation => ({
  id: row.id,
  commandId: fromUuid('cmd', row.command_id),
  kind: row.operation,
  call: row.call,
  key: row.key,
  state: row.state,
  refund: hasRefund(row) ? toRefund(row, row.currency ?? '') : null,
  deadlineAt: row.deadline_at,
  tries: row.tries,
  enquiries: row.enquiries,
  doubtSince: row.doubt_since,
  unknownSince: row.unknown_since,
});

const hasRefund = (row: ClaimedColumns): row is ClaimedColumns & RefundColumns => row.refund_id !== null && row.refund_id !== undefined;
