import { lockedSequence } from '@tally/events';
import { fromUuid, money, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { OrderStatus } from '../../domain/order.ts';
import { isPaymentCommand, type Command, type CommandType, type SentCommand } from '../../domain/saga-commands.ts';
import type { Saga, SagaEnd, SagaFacts, SagaStep } from '../../domain/saga.ts';
import type { AppliedSequences, DueSagas, SagasStore, SagaState } from '../../ports/sagas-store.ts';
import { ConcurrentChangeError } from './concurrent-change.ts';

// One statement, hence one snapshot: saga, order and commands belong together, and `apply` refuses if any has moved on. A lock here would not help:
// the commands would still be read as of before the wait.
const loadSaga = `SELECT saga.step, saga.version, saga.outcome, saga.captured, saga.committed, saga.in_doubt_since, saga.deadline_at, saga.attention,
  saga.traceparent, orders.saga_id, orders.buyer_id, orders.status, orders.total, orders.currency, orders.payment_method_id, orders.cart_id,
  orders.confirmed_at IS NOT NULL AS confirmed, statement_timestamp() AS now,
  (SELECT jsonb_agg(jsonb_build_object('id', id, 'type', type, 'answered', answered_at IS NOT NULL, 'voided', voided_at IS NOT NULL) ORDER BY sent_at, id)
   FROM saga_command WHERE saga_command.order_id = saga.order_id) AS commands
FROM saga JOIN orders ON orders.id = saga.order_id WHERE saga.order_id = $1::uuid`;

// Compare-and-set on the saga comes first; all else hangs on its row, the buyer's stream on the moved order, so that it is locked last. The step is
// dated now(), as its event on the log is (orders-store.ts).
const applyAdvance = `WITH advanced AS (
  UPDATE saga SET step = $4, version = version + 1, outcome = $5, captured = $6, committed = $7, in_doubt_since = $8::timestamptz,
    deadline_at = $9::timestamptz, wake_at = $9::timestamptz, attempts = 0, needs_attention = $10::text IS NOT NULL, attention = $10::text,
    products_sequence = products_sequence + $11::int, payments_sequence = payments_sequence + $12::int, updated_at = statement_timestamp()
  WHERE order_id = $1::uuid AND step = $2 AND version = $3::int RETURNING order_id, products_sequence, payments_sequence
), answered AS (
  UPDATE saga_command SET answered_at = statement_timestamp(), reply = $14 FROM advanced WHERE saga_command.id = $13::uuid
), made_void AS (
  UPDATE saga_command SET voided_at = statement_timestamp() FROM advanced WHERE saga_command.id = ANY($15::uuid[])
), sent AS (
  INSERT INTO saga_command (id, order_id, type)
  SELECT command.id, advanced.order_id, command.type FROM advanced, unnest($16::uuid[], $17::text[]) AS command(id, type)
), moved AS (
  UPDATE orders SET status = $19, sequence = sequence + 1, problems = COALESCE($21::jsonb, problems), cancel_reason = COALESCE($22, cancel_reason),
    confirmed_at = CASE WHEN $19 = 'CONFIRMED' THEN now() ELSE confirmed_at END, updated_at = statement_timestamp()
  FROM advanced WHERE orders.id = advanced.order_id AND orders.status = $18 RETURNING orders.id, orders.buyer_id, orders.sequence
), stream AS (
  UPDATE buyer_stream SET sequence = buyer_stream.sequence + 1 FROM moved WHERE buyer_stream.buyer_id = moved.buyer_id RETURNING buyer_stream.sequence
), told AS (
  INSERT INTO order_event (order_id, sequence, previous, status, note, problems, buyer_id, buyer_sequence, occurred_at)
  SELECT moved.id, moved.sequence, $18, $19, $20, COALESCE($21::jsonb, '[]'), moved.buyer_id, stream.sequence, now() FROM moved, stream
)
SELECT advanced.products_sequence, advanced.payments_sequence, moved.sequence AS order_sequence, stream.sequence AS buyer_sequence
FROM advanced LEFT JOIN moved ON true LEFT JOIN stream ON true`;

const takeDue = `SELECT 1 AS taken FROM saga WHERE order_id = $1::uuid AND wake_at <= now() FOR UPDATE SKIP LOCKED`;
const listDue = `SELECT order_id FROM saga WHERE wake_at <= now() ORDER BY wake_at LIMIT $1::int`;
// A saga that has moved on meanwhile has a time of its own.
const postpone = `UPDATE saga SET attempts = attempts + 1, wake_at = CASE WHEN attempts < 9 THEN now() + least(2 ^ attempts, 300) * interval '1 second' END,
  needs_attention = needs_attention OR attempts >= 9, attention = CASE WHEN attempts >= 9 THEN COALESCE(attention, $2) ELSE attention END
WHERE order_id = $1::uuid AND wake_at <= now()`;

interface SagaRow {
  readonly step: SagaStep;
  readonly version: number;
  readonly outcome: string | null;
  readonly captured: boolean;
  readonly committed: boolean;
  readonly in_doubt_since: Date | null;
  readonly deadline_at: Date | null;
  readonly attention: string | null;
  readonly traceparent: string | null;
  readonly saga_id: string;
  readonly buyer_id: string;
  readonly status: OrderStatus;
  readonly total: bigint;
  readonly currency: string;
  readonly payment_method_id: string | null;
  readonly cart_id: string | null;
  readonly confirmed: boolean;
  readonly now: Date;
  readonly commands:
    readonly { readonly id: string; readonly type: CommandType; readonly answered: boolean; readonly voided: boolean }[] | null;
}

export function createSagasStore(sql: Sql): SagasStore {
  return {
    async load(orderId) {
      const [row] = await sql.rows<SagaRow>(loadSaga, [toUuid(orderId)]);
      return row === undefined ? null : toState(orderId, row);
    },
    async apply(state, { saga, send, move }, reply) {
      const before = new Map(state.saga.commands.map((command) => [command.id, command.state]));
      const newlyVoid = saga.commands.filter(({ id, state: now }) => now === 'VOID' && before.get(id) === 'OUTSTANDING');
      const newlyAnswered = saga.commands.find(
        ({ id, state: now }) => id === reply?.commandId && now.endsWith('ANSWERED') && before.get(id) !== now,
      );
      const toPayments = send.filter(({ type }) => isPaymentCommand(type)).length;
      const [row] = await sql.rows<{
        products_sequence: number;
        payments_sequence: number;
        order_sequence: number | null;
        buyer_sequence: number | null;
      }>(applyAdvance, [
        ...[toUuid(saga.orderId), state.saga.step, state.version],
        ...columnsOf(saga),
        ...[send.length - toPayments, toPayments],
        ...[newlyAnswered === undefined ? null : toUuid(newlyAnswered.id), reply?.type ?? null],
        newlyVoid.map(({ id }) => toUuid(id)),
        ...[send.map(({ id }) => toUuid(id)), send.map(({ type }) => type)],
        ...[
          move?.from ?? null,
          move?.to ?? null,
          move?.note ?? null,
          move?.problems == null ? null : JSON.stringify(move.problems),
          move?.cancelReason ?? null,
        ],
      ]);
      if (row === undefined) throw new ConcurrentChangeError(`the saga of ${saga.orderId} has moved on`);
      const { order_sequence: order, buyer_sequence: buyer } = row;
      if (move !== null && (order === null || buyer === null))
        throw new ConcurrentChangeError(`${saga.orderId} is not ${move.from} any more`);
      return {
        commands: commandSequences(send, row.products_sequence, row.payments_sequence),
        move: order === null || buyer === null ? null : { order: lockedSequence(order), buyer: lockedSequence(buyer) },
      };
    },
    async takeDue(orderId) {
      return (await sql.rows(takeDue, [toUuid(orderId)])).length === 1;
    },
  };
}

export function createDueSagas(sql: Sql): DueSagas {
  return {
    async list(limit) {
      const rows = await sql.rows<{ order_id: string }>(listDue, [limit]);
      return rows.map((row) => fromUuid('ord', row.order_id));
    },
    async postpone(orderId, why) {
      await sql.count(postpone, [toUuid(orderId), why]);
    },
  };
}

/** Two streams per order: the numbers given out end at what the row holds now. */
function commandSequences(send: readonly Command[], products: number, payments: number): AppliedSequences['commands'] {
  const toPayments = send.filter(({ type }) => isPaymentCommand(type)).length;
  let nextProducts = products - (send.length - toPayments);
  let nextPayments = payments - toPayments;
  return send.map(({ type }) => lockedSequence(isPaymentCommand(type) ? ++nextPayments : ++nextProducts));
}

/** Columns `$4` to `$10`. */
function columnsOf(saga: Saga): readonly unknown[] {
  const outcome = saga.step === 'CANCELLING' ? saga.endsAs : saga.step === 'ENDED' ? saga.as : null;
  const done =
    saga.step === 'COMPLETE'
      ? saga
      : saga.step === 'ENDED' && saga.as === 'SOLD'
        ? { captured: true, committed: true }
        : { captured: false, committed: false };
  return [saga.step, outcome, done.captured, done.committed, saga.inDoubtSince, saga.deadlineAt, saga.attention];
}

function toState(orderId: Id<'ord'>, row: SagaRow): SagaState {
  const facts: SagaFacts = {
    orderId,
    sagaId: fromUuid('saga', row.saga_id),
    buyerId: fromUuid('usr', row.buyer_id),
    total: money(Number(row.total), row.currency),
    paymentMethodId: row.payment_method_id === null ? null : fromUuid('pm', row.payment_method_id),
    commands: (row.commands ?? []).map(({ id, type, answered, voided }): SentCommand => ({
      id: fromUuid('cmd', id),
      type,
      state: stateOf(answered, voided),
    })),
    inDoubtSince: row.in_doubt_since,
    deadlineAt: row.deadline_at,
    attention: row.attention,
  };
  const { version, status, confirmed, now, traceparent } = row;
  return {
    saga: toSaga(facts, row),
    version,
    status,
    confirmed,
    now,
    traceparent,
    cartId: row.cart_id === null ? null : fromUuid('cart', row.cart_id),
  };
}

const stateOf = (answered: boolean, voided: boolean): SentCommand['state'] =>
  voided ? (answered ? 'VOID_ANSWERED' : 'VOID') : answered ? 'ANSWERED' : 'OUTSTANDING';

function toSaga(facts: SagaFacts, { step, outcome, captured, committed }: SagaRow): Saga {
  switch (step) {
    case 'RESERVE':
    case 'AUTHORISE':
      return { ...facts, step };
    case 'COMPLETE':
      return { ...facts, step, captured, committed };
    case 'CANCELLING':
      return { ...facts, step, endsAs: outcome === 'PAYMENT_FAILED' ? 'PAYMENT_FAILED' : 'CANCELLED' };
    case 'ENDED':
      return { ...facts, step, as: outcome as SagaEnd };
  }
}
