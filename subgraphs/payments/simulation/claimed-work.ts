import { money } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import type { Operation, Work } from '../src/domain/operation.ts';
import type { Payment } from '../src/domain/payment.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Carried } from '../src/ports/work-queue.ts';
import { attempts, operations, payments, refunds, type OperationRow, type PaymentRow, type RefundRow } from './tables.ts';

/** What a claim reads, as rows. */
export interface ClaimedRows {
  readonly operation: OperationRow;
  readonly payment: PaymentRow;
  readonly refund: RefundRow | undefined;
  readonly rest: Pick<Work, 'claimedAt' | 'interrupted' | 'voidWaits' | 'spokenFor'>;
}

/** @param wasHeld an earlier lease was left behind. */
export function readClaimed(transaction: Transaction, operation: OperationRow, claimedAt: Date, wasHeld: boolean): ClaimedRows {
  const { id, paymentId, refundId } = operation;
  const payment = transaction.read(payments, paymentId);
  if (payment === undefined) throw new Error(`operation ${String(id)} has no payment`);
  return {
    operation,
    payment,
    refund: refundId === null ? undefined : transaction.read(refunds, refundId),
    rest: {
      claimedAt,
      interrupted: wasHeld && transaction.rowsBy(attempts, 'open', paymentId).length > 0,
      voidWaits: transaction
        .rowsBy(operations, 'payment', paymentId)
        .some((later) => later.operation === 'VOID' && later.state !== 'DONE' && later.id > id),
      spokenFor: operation.operation === 'REFUND' ? spokenFor(transaction, operation) : 0,
    },
  };
}

/** What a worker is given. As with PostgreSQL, the claim is committed before rows are read as what they mean. */
export function toWork({ operation, payment, refund, rest }: ClaimedRows): Work & { readonly trace: Carried } {
  const { fence, traceparent, tracestate } = operation;
  return {
    operation: toOperation(operation, refund, payment.currency),
    payment: toPayment(payment),
    fence,
    ...rest,
    trace: { traceparent, tracestate },
  };
}

const spokenFor = (transaction: Transaction, { paymentId, refundId }: OperationRow): number =>
  transaction
    .rowsBy(refunds, 'payment', paymentId)
    .reduce((sum, { id, status, amount }) => (id === refundId || status === 'FAILED' ? sum : sum + amount), 0);

const toOperation = (row: OperationRow, refund: RefundRow | undefined, currency: string | null): Operation => ({
  id: String(row.id),
  commandId: row.commandId,
  kind: row.operation,
  call: row.call,
  key: row.key,
  state: row.state,
  refund: refund === undefined ? null : toRefund(refund, currency ?? ''),
  deadlineAt: row.deadlineAt,
  tries: row.tries,
  enquiries: row.enquiries,
  doubtSince: row.doubtSince,
  unknownSince: row.unknownSince,
});

const toRefund = ({ id, status, amount, reason, createdAt }: RefundRow, currency: string): Refund => ({
  id,
  status,
  amount: money(amount, currency),
  reason,
  createdAt,
});

function toPayment({ amount, currency, actionUrl, actionExpiresAt, ...row }: PaymentRow): Payment {
  return {
    ...row,
    amount: amount === null || currency === null ? null : money(amount, currency),
    action: actionUrl === null || actionExpiresAt === null ? null : { url: actionUrl, expiresAt: actionExpiresAt },
  };
}
