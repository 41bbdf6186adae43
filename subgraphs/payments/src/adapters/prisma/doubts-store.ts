import { toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Call } from '../../domain/operation.ts';
import type { DoubtsStore } from '../../ports/doubts.ts';
import { readClaimed, toWork, type ClaimedColumns } from './work-queue.ts';

// The worker's own claim passes over a locked row, so that the two never wait for each other. The lease ends at once: only this transaction writes under it.
const firstOpen = `SELECT o.id, o.lease_until FROM payment_operation o WHERE o.payment_id = $1::uuid AND o.state <> 'DONE' ORDER BY o.id LIMIT 1 FOR UPDATE`;

const take = `WITH first AS (${firstOpen}), op AS (
  UPDATE payment_operation o SET fence = o.fence + 1, lease_until = now() FROM first
  WHERE o.id = first.id AND o.doubt_since IS NOT NULL AND (first.lease_until IS NULL OR first.lease_until <= now())
  RETURNING o.*, first.lease_until IS NOT NULL AS was_held
)
${readClaimed}`;

const look = `SELECT EXISTS (SELECT FROM payment_operation o WHERE o.payment_id = p.id AND o.state <> 'DONE' AND o.doubt_since IS NOT NULL AND o.lease_until > now()) AS held
FROM payment p WHERE p.id = $1::uuid`;

// What is held at this moment is marked, as a void would: whoever settles its step looks again at once.
const hurry = `WITH first AS (${firstOpen}), op AS (
  UPDATE payment_operation o SET run_at = LEAST(o.run_at, now()), state = CASE o.state WHEN 'PARKED' THEN 'ENQUIRE' ELSE o.state END, hurried = o.lease_until IS NOT NULL
  FROM first WHERE o.id = first.id AND (o.doubt_since IS NOT NULL OR o.state = 'AWAITING_BUYER')
  RETURNING o.operation, o.payment_id
), looked AS (
  UPDATE payment p SET attention = NULL, updated_at = now() FROM op WHERE p.id = op.payment_id AND p.attention IS NOT NULL
)
SELECT operation FROM op`;

/** Operations in doubt on an open transaction. */
export function createDoubtsStore(sql: Sql): DoubtsStore {
  const standOf = async (uuid: string): Promise<'HELD' | 'NOT_IN_DOUBT' | 'NO_SUCH_PAYMENT'> => {
    const [row] = await sql.rows<{ held: boolean }>(look, [uuid]);
    return row === undefined ? 'NO_SUCH_PAYMENT' : row.held ? 'HELD' : 'NOT_IN_DOUBT';
  };
  return {
    async take(paymentId) {
      const [row] = await sql.rows<ClaimedColumns>(take, [toUuid(paymentId)]);
      return row === undefined ? { kind: await standOf(toUuid(paymentId)) } : { kind: 'TAKEN', work: toWork(row) };
    },
    async hurry(paymentId) {
      const [row] = await sql.rows<{ operation: Call }>(hurry, [toUuid(paymentId)]);
      if (row !== undefined) return { kind: 'HURRIED', operation: row.operation };
      return { kind: (await standOf(toUuid(paymentId))) === 'NO_SUCH_PAYMENT' ? 'NO_SUCH_PAYMENT' : 'NOT_IN_DOUBT' };
    },
  };
}
