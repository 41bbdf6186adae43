import { lockedSequence } from '@tally/events';
import { MemoryDatabaseError, type Transaction } from '@tally/simulation';
import type { OrderDraft } from '../src/domain/order-draft.ts';
import type { OrdersStore } from '../src/ports/orders-store.ts';
import { moveOrder } from './move-order.ts';
import { toOrder } from './order-reads.ts';
import { insertOrChange } from './statements.ts';
import { ordersTables, type BuyerStreamRow, type OrderRow } from './tables.ts';

const { orders, orderLines, orderEvents, buyerStreams, sagas, sagaCommands } = ordersTables;

/** A guarded row had changed since it was read: the unit of work runs again from a fresh read. */
export const concurrentChange = (message: string): MemoryDatabaseError => new MemoryDatabaseError('40001', message);

/** Orders on an open transaction. Each method takes its locks as its statement of the Prisma adapter makes PostgreSQL take them. */
export function createOrdersStore(transaction: Transaction): OrdersStore {
  return {
    async place(draft, reserve, reserveMs, traceparent) {
      await transaction.statement();
      const { startedAt } = transaction;
      const { id: orderId, buyerId } = draft;
      const order = toRow(draft, BigInt(transaction.nextNumber('orders_counter_seq')), startedAt);
      await transaction.insertNew(orders, order);
      const raised = ({ sequence }: BuyerStreamRow) => ({ buyerId, sequence: sequence + 1 });
      const stream = await insertOrChange(transaction, buyerStreams, { buyerId, sequence: 1 }, raised);
      const buyerSequence = stream?.sequence ?? 1;
      await transaction.insertNew(orderEvents, {
        ...{ orderId, sequence: 1, previous: null, status: 'PENDING', note: null, problems: [] },
        ...{ buyerId, buyerSequence, occurredAt: startedAt },
      });
      await transaction.insertNew(sagaCommands, {
        ...{ id: reserve.id, orderId, type: reserve.type, sentAt: startedAt },
        ...{ answeredAt: null, voidedAt: null, reply: null },
      });
      const deadlineAt = new Date(startedAt.getTime() + reserveMs);
      await transaction.insertNew(sagas, {
        ...{ orderId, step: 'RESERVE', version: 1, outcome: null, captured: false, committed: false, inDoubtSince: null },
        ...{ productsSequence: 1, paymentsSequence: 0, deadlineAt, wakeAt: deadlineAt, attempts: 0 },
        ...{ needsAttention: false, attention: null, traceparent, updatedAt: startedAt },
      });
      for (const [index, line] of draft.lines.entries()) await transaction.insertNew(orderLines, { ...line, position: index + 1 });
      const sequences = { order: lockedSequence(1), buyer: lockedSequence(buyerSequence) };
      return { order: toOrder(order), sequences, commandSequence: lockedSequence(1) };
    },
    async lock(orderId) {
      await transaction.statement();
      if (transaction.read(orders, orderId) === undefined) return null;
      const order = await transaction.lock(orders, orderId);
      if (order === undefined) return null;
      await transaction.statement();
      const lines = transaction.rowsBy(orderLines, 'order', orderId).toSorted((a, b) => a.position - b.position);
      const { id, buyerId, status, placedAt } = order;
      return { id, buyerId, status, placedAt, lineIds: lines.map((line) => line.id) };
    },
    async move(orderId, move) {
      await transaction.statement();
      const sequences = await moveOrder(transaction, transaction.read(orders, orderId), move);
      if (sequences === null) throw concurrentChange(`${orderId} is not ${move.from} any more`);
      return sequences;
    },
    async setFulfilment(orderId, fulfilmentStatus) {
      await transaction.statement();
      if (transaction.read(orders, orderId) === undefined) return;
      const order = await transaction.lock(orders, orderId);
      if (order !== undefined) transaction.put(orders, { ...order, fulfilmentStatus, updatedAt: transaction.statementAt });
    },
  };
}

function toRow(draft: OrderDraft, counter: bigint, placedAt: Date): OrderRow {
  const { id, sagaId, buyerId, subtotal, shipping, tax, discount, total, shippingAddress } = draft;
  const { paymentMethodId, cartId, clientKey, fingerprint } = draft;
  return {
    ...{ id, sagaId, buyerId, subtotal, shipping, tax, discount, total, shippingAddress },
    ...{ counter, paymentMethodId, cartId, clientKey, fingerprint, placedAt, updatedAt: placedAt },
    status: 'PENDING',
    sequence: 1,
    fulfilmentStatus: 'UNFULFILLED',
    problems: [],
    cancelReason: null,
    confirmedAt: null,
  };
}
