import { lockedSequence } from '@tally/events';
import type { Transaction } from '@tally/simulation';
import { isPaymentCommand, type Command, type SentCommand } from '../src/domain/saga-commands.ts';
import type { Saga } from '../src/domain/saga.ts';
import type { AppliedSequences, SagasStore } from '../src/ports/sagas-store.ts';
import { moveOrder } from './move-order.ts';
import { concurrentChange } from './orders-store.ts';
import { toSagaState } from './saga-rows.ts';
import { ordersTables, type SagaRow } from './tables.ts';

const { orders, sagas, sagaCommands } = ordersTables;

/** Sagas on an open transaction. */
export function createSagasStore(transaction: Transaction): SagasStore {
  return {
    async load(orderId) {
      await transaction.statement();
      const saga = transaction.read(sagas, orderId);
      const order = transaction.read(orders, orderId);
      if (saga === undefined || order === undefined) return null;
      return toSagaState(saga, order, transaction.rowsBy(sagaCommands, 'order', orderId), transaction.statementAt);
    },
    async apply(state, { saga, send, move }, reply) {
      await transaction.statement();
      const { orderId } = saga;
      const before = new Map(state.saga.commands.map((command) => [command.id, command.state]));
      const order = transaction.read(orders, orderId);
      // Compare-and-set, as seen by the snapshot and again by whoever has waited.
      const isUnchanged = (row: SagaRow | undefined) => row?.step === state.saga.step && row.version === state.version;
      const row = isUnchanged(transaction.read(sagas, orderId)) ? await transaction.lock(sagas, orderId) : undefined;
      if (row === undefined || !isUnchanged(row)) throw concurrentChange(`the saga of ${orderId} has moved on`);
      const toPayments = send.filter(({ type }) => isPaymentCommand(type)).length;
      const next = toRow(saga, row, { products: send.length - toPayments, payments: toPayments }, transaction.statementAt);
      transaction.put(sagas, next);
      const confirmed = move?.to === 'CONFIRMED' ? { confirmedAt: transaction.startedAt } : {};
      const moved = move === null ? null : await moveOrder(transaction, order, move, confirmed);
      if (move !== null && moved === null) throw concurrentChange(`${orderId} is not ${move.from} any more`);

      // PostgreSQL runs the parts of a statement that nobody reads from last to first.
      for (const { id, type } of send) {
        await transaction.insertNew(sagaCommands, {
          ...{ id, orderId, type, sentAt: transaction.startedAt },
          ...{ answeredAt: null, voidedAt: null, reply: null },
        });
      }
      const voidedAt = transaction.statementAt;
      for (const { id, state: now } of saga.commands) {
        if (now !== 'VOID' || before.get(id) !== 'OUTSTANDING') continue;
        const command = await transaction.lock(sagaCommands, id);
        if (command !== undefined) transaction.put(sagaCommands, { ...command, voidedAt });
      }
      const newlyAnswered = saga.commands.find(
        ({ id, state: now }) => id === reply?.commandId && isAnswered(now) && before.get(id) !== now,
      );
      const heard = newlyAnswered === undefined ? undefined : await transaction.lock(sagaCommands, newlyAnswered.id);
      if (heard !== undefined) transaction.put(sagaCommands, { ...heard, answeredAt: transaction.statementAt, reply: reply?.type ?? null });
      return { commands: commandSequences(send, next), move: moved };
    },
    async takeDue(orderId) {
      await transaction.statement();
      const isDue = (row: SagaRow | undefined): boolean => row?.wakeAt != null && row.wakeAt <= transaction.startedAt;
      return isDue(transaction.read(sagas, orderId)) && isDue(transaction.tryLock(sagas, orderId)?.row);
    },
  };
}

const isAnswered = (state: SentCommand['state']): boolean => state === 'ANSWERED' || state === 'VOID_ANSWERED';

/** Two streams per order: the numbers given out end at what the row holds now. */
function commandSequences(send: readonly Command[], { productsSequence, paymentsSequence }: SagaRow): AppliedSequences['commands'] {
  const toPayments = send.filter(({ type }) => isPaymentCommand(type)).length;
  let nextProducts = productsSequence - (send.length - toPayments);
  let nextPayments = paymentsSequence - toPayments;
  return send.map(({ type }) => lockedSequence(isPaymentCommand(type) ? ++nextPayments : ++nextProducts));
}

function toRow(saga: Saga, row: SagaRow, sent: { readonly products: number; readonly payments: number }, updatedAt: Date): SagaRow {
  const { step, inDoubtSince, deadlineAt, attention } = saga;
  const isSold = step === 'ENDED' && saga.as === 'SOLD';
  return {
    ...row,
    ...{ step, inDoubtSince, deadlineAt, wakeAt: deadlineAt, attention, updatedAt },
    version: row.version + 1,
    outcome: step === 'CANCELLING' ? saga.endsAs : step === 'ENDED' ? saga.as : null,
    captured: step === 'COMPLETE' ? saga.captured : isSold,
    committed: step === 'COMPLETE' ? saga.committed : isSold,
    attempts: 0,
    needsAttention: attention !== null,
    productsSequence: row.productsSequence + sent.products,
    paymentsSequence: row.paymentsSequence + sent.payments,
  };
}
