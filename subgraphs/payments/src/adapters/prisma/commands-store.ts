import type { Sql } from '@tally/messaging';
import { newId, toUuid, type Id } from '@tally/kernel';
import { keyOf, type Call } from '../../domain/operation.ts';
import type { CommandRow, CommandsStore } from '../../ports/commands-store.ts';

// The token is read in the very statement that opens the payment: a method removed a moment later does not matter to this order. Where a void came
// first, its payment has no buyer yet, and only then is anything filled in.
const authorise = `WITH method AS (
  SELECT token FROM payment_method WHERE user_id = $3::uuid AND provider = $4 AND CASE WHEN $5::uuid IS NULL THEN is_default ELSE id = $5::uuid END
), opened AS (
  INSERT INTO payment (id, order_id, buyer_id, provider, token, status, amount, currency)
  VALUES ($1::uuid, $2::uuid, $3::uuid, $4, (SELECT token FROM method), 'PENDING', $6::bigint, $7)
  ON CONFLICT (order_id) DO UPDATE SET
    buyer_id = coalesce(payment.buyer_id, excluded.buyer_id),
    amount = coalesce(payment.amount, excluded.amount),
    currency = coalesce(payment.currency, excluded.currency)
  RETURNING id
)
INSERT INTO payment_operation (payment_id, command_id, operation, call, key, state, deadline_at, traceparent, tracestate)
SELECT id, $8::uuid, 'AUTHORISE', 'AUTHORISE', $9, 'READY', $10::timestamptz, $11, $12 FROM opened
ON CONFLICT (command_id) DO NOTHING`;

const capture = `INSERT INTO payment_operation (payment_id, command_id, operation, call, key, state, deadline_at, traceparent, tracestate)
SELECT id, $2::uuid, 'CAPTURE', 'CAPTURE', $3, 'READY', now() + $4::float8 * interval '1 ms', $5, $6 FROM payment WHERE order_id = $1::uuid
ON CONFLICT (command_id) DO UPDATE SET command_id = excluded.command_id`;

// What waits for its turn before the void is looked at now: an authorisation that was certainly not sent is not worth waiting for. One that is
// held at this moment is marked: the row's own lock puts this mark and the settlement of its step in an order, whichever comes first.
const voidPayment = `WITH target AS (
  INSERT INTO payment (id, order_id, provider, status) VALUES ($1::uuid, $2::uuid, $3, 'VOIDED')
  ON CONFLICT (order_id) DO UPDATE SET order_id = excluded.order_id RETURNING id
), hurried AS (
  UPDATE payment_operation SET run_at = LEAST(run_at, now()), hurried = lease_until IS NOT NULL
  WHERE payment_id IN (SELECT id FROM target) AND state IN ('READY', 'ENQUIRE', 'AWAITING_BUYER')
)
INSERT INTO payment_operation (payment_id, command_id, operation, call, key, state, traceparent, tracestate)
SELECT id, $4::uuid, 'VOID', 'VOID', $5, 'READY', $6, $7 FROM target
ON CONFLICT (command_id) DO NOTHING`;

const refund = `WITH target AS (
  SELECT id FROM payment WHERE order_id = $1::uuid AND amount IS NOT NULL
), asked AS (
  INSERT INTO refund (id, payment_id, status, amount, reason) SELECT $2::uuid, id, 'PENDING', $3::bigint, $4 FROM target
  ON CONFLICT (id) DO NOTHING
)
INSERT INTO payment_operation (payment_id, command_id, operation, call, key, refund_id, state, deadline_at, traceparent, tracestate)
SELECT id, $5::uuid, 'REFUND', 'REFUND', $6, $2::uuid, 'READY', now() + $7::float8 * interval '1 ms', $8, $9 FROM target
ON CONFLICT (command_id) DO UPDATE SET command_id = excluded.command_id`;

/** The queue's entrance on an open transaction. */
export function createCommandsStore(sql: Sql): CommandsStore {
  return {
    async authorise(row) {
      await sql.count(authorise, [
        toUuid(newId('pay')),
        toUuid(row.orderId),
        toUuid(row.buyerId),
        row.provider,
        row.paymentMethodId === null ? null : toUuid(row.paymentMethodId),
        row.amount.amount,
        row.amount.currency,
        ...named(row, 'AUTHORISE'),
        row.deadlineAt.toISOString(),
        ...traced(row),
      ]);
    },
    async capture(row, giveUpMs) {
      return (await sql.count(capture, [toUuid(row.orderId), ...named(row, 'CAPTURE'), giveUpMs, ...traced(row)])) === 1;
    },
    async void(row) {
      await sql.count(voidPayment, [toUuid(newId('pay')), toUuid(row.orderId), row.provider, ...named(row, 'VOID'), ...traced(row)]);
    },
    async refund(row, giveUpMs) {
      const { refundId, amount, reason } = row;
      const values = [
        toUuid(row.orderId),
        toUuid(refundId),
        amount.amount,
        reason,
        ...named(row, 'REFUND', refundId),
        giveUpMs,
        ...traced(row),
      ];
      return (await sql.count(refund, values)) === 1;
    },
  };
}

const named = ({ commandId, orderId }: CommandRow, call: Call, refundId: Id<'ref'> | null = null): readonly [string, string] => [
  toUuid(commandId),
  keyOf(orderId, call, refundId),
];

const traced = ({ trace }: CommandRow): readonly [string | null, string | null] => [trace.traceparent, trace.tracestate];
