import type { MessageData, MessageType, OutgoingEvent, Sequence, Topic } from '@tally/events';
import { newId, type Id } from '@tally/kernel';
import type { OrderDraft } from './order-draft.ts';
import type { OrderMove, OrderStatus, Problem } from './order.ts';
import type { Command } from './saga-commands.ts';

/** Sequences that a change of an order drew from the rows it locked. */
export interface MoveSequences {
  readonly order: Sequence;
  readonly buyer: Sequence;
}

interface Parties {
  readonly orderId: Id<'ord'>;
  readonly buyerId: Id<'usr'>;
}

/** The first entry of an order's stream. */
export function orderPlaced(draft: OrderDraft, number: string, sequence: Sequence): OutgoingEvent {
  const lines = draft.lines.map(({ id, variantId, sellerId, sku, title, quantity, unitPrice, lineTotal }) => ({
    id,
    variant: { id: variantId },
    seller: { id: sellerId },
    sku,
    title,
    quantity,
    unitPrice,
    lineTotal,
  }));
  const change = {
    order: { id: draft.id },
    buyer: { id: draft.buyerId },
    previous: null,
    status: 'PENDING' as const,
    note: null,
    problems: [],
  };
  return event('orders.order.v1', 'OrderPlaced', draft.id, sequence, { ...change, number, lines, total: draft.total });
}

export function orderStatusChanged({ orderId, buyerId }: Parties, move: OrderMove, sequence: Sequence): OutgoingEvent {
  const { from, to, note, problems } = move;
  const data = {
    order: { id: orderId },
    buyer: { id: buyerId },
    previous: from,
    status: to,
    note,
    problems: [...(problems ?? ([] as Problem[]))],
  };
  return event('orders.order.v1', 'OrderStatusChanged', orderId, sequence, data);
}

export const buyerOrderChanged = ({ orderId, buyerId }: Parties, status: OrderStatus, sequence: Sequence): OutgoingEvent =>
  event('orders.buyer.v1', 'BuyerOrderChanged', buyerId, sequence, { order: { id: orderId }, buyer: { id: buyerId }, status });

/** Both tellings of one change: to those who follow the order, and to those who follow the buyer. */
export const told = (parties: Parties, move: OrderMove, sequences: MoveSequences): readonly OutgoingEvent[] => [
  orderStatusChanged(parties, move, sequences.order),
  buyerOrderChanged(parties, move.to, sequences.buyer),
];

/** A command on its way to the subgraph it is for; each of the two gets its own sequence per order. */
export function commandEvent(orderId: Id<'ord'>, command: Command, sequence: Sequence): OutgoingEvent {
  switch (command.type) {
    case 'ReserveStock':
    case 'CommitStock':
    case 'ReleaseStock':
      return event('products.commands.v1', command.type, orderId, sequence, command.data);
    default:
      return event('payments.commands.v1', command.type, orderId, sequence, command.data);
  }
}

function event<T extends Topic, M extends MessageType<T>>(
  topic: T,
  type: M,
  key: string,
  sequence: Sequence,
  data: MessageData<M>,
): OutgoingEvent {
  return { id: newId('evt'), topic, type, key, sequence, data };
}
