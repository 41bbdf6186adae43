import { lockedSequence } from '@tally/events';
import type { Transaction } from '@tally/simulation';
import type { Id } from '@tally/kernel';
import type { Work } from '../src/domain/operation.ts';
import type { OperationChange, PaymentChange } from '../src/domain/settlement.ts';
import type { FinishedAttempt, SettlementStore } from '../src/ports/work-queue.ts';
import { later } from './moments.ts';
import { attempts, operations, payments, refunds, streams, type OperationRow } from './tables.ts';

/** What is written when a step is over, on an open transaction in memory. */
export function createSettlementStore(transaction: Transaction): SettlementStore {
  /** @returns the operation as it was, or `null`: the fence is another one by now, or the lease was given back. */
  async function settle({ operation: { id }, fence }: Work, change: OperationChange): Promise<OperationRow | null> {
    const seen = transaction.read(operations, id);
    if (seen?.fence !== fence || seen.leaseUntil === null) return null;
    const was = await transaction.lock(operations, id);
    if (was?.fence !== fence || was.leaseUntil === null) return null;
    const { runInMs, ...step } = change;
    const now = transaction.startedAt;
    const settled = {
      leaseUntil: null,
      hurried: false,
      runAt: later(now, was.hurried ? 0 : runInMs),
      doneAt: step.state === 'DONE' ? now : null,
    };
    transaction.put(operations, { ...was, ...step, ...settled });
    return was;
  }

  /** @returns whether the payment still was as it was when its operation was claimed. */
  async function move(id: Id<'pay'>, { status: from }: Work['payment'], { action, ...change }: PaymentChange): Promise<boolean> {
    if (transaction.read(payments, id)?.status !== from) return false;
    const payment = await transaction.lock(payments, id);
    if (payment?.status !== from) return false;
    const pending = { actionUrl: action?.url ?? null, actionExpiresAt: action?.expiresAt ?? null };
    transaction.put(payments, { ...payment, ...change, ...pending, updatedAt: transaction.startedAt });
    return true;
  }

  async function end(paymentId: Id<'pay'>, { number, ...ended }: FinishedAttempt): Promise<void> {
    const [started] = transaction.rowsBy(attempts, 'number', `${paymentId} ${String(number)}`);
    const attempt = started === undefined ? undefined : await transaction.lock(attempts, started.id);
    if (attempt !== undefined) transaction.put(attempts, { ...attempt, ...ended });
  }

  return {
    async write(work, settlement, attempt) {
      await transaction.statement();
      const seen = transaction.read(operations, work.operation.id);
      const others = seen === undefined ? [] : transaction.rowsBy(operations, 'payment', seen.paymentId);
      const othersWait = others.some(({ id, state }) => id !== seen?.id && state !== 'DONE');

      // The order of the locks: operation, payment, attempt, refund.
      const settled = await settle(work, settlement.operation);
      if (settled === null) return null;
      const { paymentId, refundId } = settled;
      const moved = settlement.payment !== null && (await move(paymentId, work.payment, settlement.payment));
      if (attempt !== null) await end(paymentId, attempt);
      const refund = settlement.refund === null || refundId === null ? undefined : await transaction.lock(refunds, refundId);
      if (refund !== undefined && settlement.refund !== null)
        transaction.put(refunds, { ...refund, status: settlement.refund, updatedAt: transaction.startedAt });

      if (settlement.payment !== null && !moved)
        throw new Error(`payment ${work.payment.id} was ${work.payment.status} when its operation was claimed and is not any more`);
      return { othersWait };
    },
    async raise(orderId, count) {
      await transaction.statement();
      let last = count;
      if (!(await transaction.insert(streams, { orderId, sequence: count }))) {
        last += (await transaction.lock(streams, orderId))?.sequence ?? 0;
        transaction.put(streams, { orderId, sequence: last });
      }
      return Array.from({ length: count }, (_, at) => lockedSequence(last - count + 1 + at));
    },
  };
}
