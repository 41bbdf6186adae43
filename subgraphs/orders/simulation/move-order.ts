import { lockedSequence } from '@tally/events';
import type { Transaction } from '@tally/simulation';
import type { MoveSequences } from '../src/domain/messages.ts';
import type { OrderMove } from '../src/domain/order.ts';
import { ordersTables, type OrderRow } from './tables.ts';

const { orders, orderEvents, buyerStreams } = ordersTables;

/**
 * The part of a statement that moves an order `WHERE status = from`: the order, the buyer's stream, the timeline.
 *
 * @param seen the order as of the beginning of the statement.
 * @param changes what else the statement sets.
 * @returns `null` when the order is not `from`.
 */
export async function moveOrder(
  transaction: Transaction,
  seen: OrderRow | undefined,
  { from, to, note, problems, cancelReason }: OrderMove,
  changes: Partial<OrderRow> = {},
): Promise<MoveSequences | null> {
  if (seen?.status !== from) return null;
  const order = await transaction.lock(orders, seen.id);
  if (order?.status !== from) return null;
  const sequence = order.sequence + 1;
  transaction.put(orders, {
    ...order,
    ...changes,
    status: to,
    sequence,
    problems: problems ?? order.problems,
    cancelReason: cancelReason ?? order.cancelReason,
    updatedAt: transaction.statementAt,
  });
  const { id: orderId, buyerId } = order;
  const stream = await transaction.lock(buyerStreams, buyerId);
  if (stream === undefined) throw new Error(`${buyerId} has orders and no stream`);
  const buyerSequence = stream.sequence + 1;
  transaction.put(buyerStreams, { buyerId, sequence: buyerSequence });
  await transaction.insertNew(orderEvents, {
    ...{ orderId, sequence, previous: from, status: to, note, buyerId, buyerSequence },
    problems: problems ?? [],
    occurredAt: transaction.startedAt,
  });
  return { order: lockedSequence(sequence), buyer: lockedSequence(buyerSequence) };
}
