import { newId, type Id } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import { keyOf, type Call } from '../src/domain/operation.ts';
import type { AuthoriseRow, CommandRow, CommandsStore } from '../src/ports/commands-store.ts';
import { later } from './moments.ts';
import { isOpen, methods, operations, payments, refunds, type OperationRow, type PaymentRow } from './tables.ts';

/** The queue's entrance on an open transaction in memory. */
export function createCommandsStore(transaction: Transaction): CommandsStore {
  const paymentOf = (orderId: Id<'ord'>): PaymentRow | undefined => transaction.rowsBy(payments, 'order', orderId)[0];

  /** As `INSERT … ON CONFLICT (order_id) DO UPDATE`: the payment's row is locked either way. */
  async function open(row: PaymentRow, merge: (there: PaymentRow) => PaymentRow): Promise<Id<'pay'>> {
    if (await transaction.insert(payments, row)) return row.id;
    const id = paymentOf(row.orderId)?.id;
    const there = id === undefined ? undefined : await transaction.lock(payments, id);
    if (there === undefined) throw new Error(`a payment of ${row.orderId} is in the way that is not there`);
    transaction.put(payments, merge(there));
    return there.id;
  }

  function anOperation(
    row: CommandRow,
    call: Call,
    paymentId: Id<'pay'>,
    deadlineAt: Date | null,
    refundId: Id<'ref'> | null = null,
  ): OperationRow {
    return {
      // Drawn also for a command that turns out to be known, as an identity column is.
      id: transaction.nextNumber('payment_operation'),
      paymentId,
      commandId: row.commandId,
      operation: call,
      call,
      key: keyOf(row.orderId, call, refundId),
      refundId,
      state: 'READY',
      deadlineAt,
      runAt: transaction.startedAt,
      leaseUntil: null,
      fence: 0,
      tries: 0,
      enquiries: 0,
      doubtSince: null,
      unknownSince: null,
      hurried: false,
      ...row.trace,
      createdAt: transaction.startedAt,
      doneAt: null,
    };
  }

  /** As `INSERT … ON CONFLICT (command_id) DO UPDATE`: a known operation is locked and stays as it is. */
  async function queueOrLock(row: OperationRow): Promise<void> {
    if (await transaction.insert(operations, row)) return;
    const [known] = transaction.rowsBy(operations, 'command', row.commandId);
    if (known !== undefined) await transaction.lock(operations, String(known.id));
  }

  return {
    async authorise(row) {
      await transaction.statement();
      const { orderId, buyerId, provider, amount, deadlineAt } = row;
      const opened = aPayment(transaction, { orderId, provider, buyerId, token: tokenOf(transaction, row), status: 'PENDING', ...amount });
      const paymentId = await open(opened, (there) => ({
        ...there,
        buyerId: there.buyerId ?? buyerId,
        amount: there.amount ?? amount.amount,
        currency: there.currency ?? amount.currency,
      }));
      await transaction.insert(operations, anOperation(row, 'AUTHORISE', paymentId, deadlineAt));
    },
    async capture(row, giveUpMs) {
      await transaction.statement();
      const payment = paymentOf(row.orderId);
      if (payment === undefined) return false;
      await queueOrLock(anOperation(row, 'CAPTURE', payment.id, later(transaction.startedAt, giveUpMs)));
      return true;
    },
    async void(row) {
      await transaction.statement();
      // What this statement cannot see, it does not hurry: an authorisation that commits while it waits for the payment among it.
      const known = paymentOf(row.orderId);
      const waiting = known === undefined ? [] : transaction.rowsBy(operations, 'payment', known.id).filter(isOpen);
      const tombstone = aPayment(transaction, { orderId: row.orderId, provider: row.provider, status: 'VOIDED' });
      const paymentId = await open(tombstone, (there) => there);
      await transaction.insert(operations, anOperation(row, 'VOID', paymentId, null));
      for (const { id } of waiting.toSorted((left, right) => left.id - right.id)) {
        const operation = await transaction.lock(operations, String(id));
        if (operation === undefined || !isOpen(operation)) continue;
        const now = transaction.startedAt;
        const runAt = operation.runAt < now ? operation.runAt : now;
        transaction.put(operations, { ...operation, runAt, hurried: operation.leaseUntil !== null });
      }
    },
    async refund(row, giveUpMs) {
      await transaction.statement();
      const payment = paymentOf(row.orderId);
      if (payment === undefined || payment.amount === null) return false;
      const { refundId, amount, reason } = row;
      const now = transaction.startedAt;
      await queueOrLock(anOperation(row, 'REFUND', payment.id, later(now, giveUpMs), refundId));
      // A part of the statement that nothing reads runs last.
      const asked = { id: refundId, paymentId: payment.id, status: 'PENDING', amount: amount.amount, reason, createdAt: now } as const;
      await transaction.insert(refunds, { ...asked, updatedAt: now });
      return true;
    },
  };
}

type Opening = Pick<PaymentRow, 'orderId' | 'provider' | 'status'> & Partial<PaymentRow>;

const aPayment = ({ startedAt }: Transaction, opening: Opening): PaymentRow => ({
  id: newId('pay'),
  buyerId: null,
  token: null,
  amount: null,
  currency: null,
  captured: 0,
  refunded: 0,
  providerRef: null,
  actionUrl: null,
  actionExpiresAt: null,
  attention: null,
  createdAt: startedAt,
  updatedAt: startedAt,
  ...opening,
});

function tokenOf(transaction: Transaction, { buyerId, provider, paymentMethodId }: AuthoriseRow): string | null {
  const kept = transaction.rowsBy(methods, 'user', buyerId).filter((method) => method.provider === provider);
  return kept.find(({ id, isDefault }) => (paymentMethodId === null ? isDefault : id === paymentMethodId))?.token ?? null;
}
