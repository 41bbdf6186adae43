import type { Id } from '@tally/kernel';
import type { Session } from '@tally/simulation';
import { toOrderNumber } from '../src/domain/order-number.ts';
import { allowedActionsIn, type BuyerEvent, type Order, type OrderEvent, type OrderLine } from '../src/domain/order.ts';
import type { OrderReads } from '../src/ports/order-reads.ts';
import { statementOn } from './statements.ts';
import { shipmentsIn } from './shipments-store.ts';
import { ordersTables, type OrderEventRow, type OrderLineRow, type OrderRow } from './tables.ts';

const { orders, orderLines, orderEvents, buyerStreams } = ordersTables;

/** Orders as they stand. Pages and counts are what only clients look at: nobody who runs in a simulation asks for them. */
export function createOrderReads(session: Session): OrderReads {
  const found = (row: OrderRow | undefined): Order | null => (row === undefined ? null : toOrder(row));
  return {
    byIds: (ids) =>
      statementOn(session, (transaction) => {
        const rows = ids.map((id) => transaction.read(orders, id)).filter((row) => row !== undefined);
        return new Map(rows.map((row) => [row.id, toOrder(row)]));
      }),
    byCounter: (counter) => statementOn(session, (transaction) => found(transaction.rowsBy(orders, 'counter_key', String(counter))[0])),
    byClientKey: (buyerId, key) =>
      statementOn(session, (transaction) => {
        const [row] = transaction.rowsBy(orders, 'buyer_id_client_key_key', `${buyerId} ${key}`);
        return row === undefined ? null : { order: toOrder(row), fingerprint: row.fingerprint };
      }),
    linesOf: (ids) =>
      statementOn(session, (transaction) =>
        grouped(ids, (id) =>
          transaction
            .rowsBy(orderLines, 'order', id)
            .toSorted((a, b) => a.position - b.position)
            .map(toLine),
        ),
      ),
    shipmentsOf: (ids) => statementOn(session, (transaction) => grouped(ids, (id) => shipmentsIn(transaction, id))),
    timelinesOf: (ids, afterSequence, limit) =>
      statementOn(session, (transaction) =>
        grouped(ids, (id) =>
          transaction
            .rowsBy(orderEvents, 'order', id)
            .filter(({ sequence }) => sequence > afterSequence)
            .toSorted((a, b) => a.sequence - b.sequence)
            .slice(0, limit)
            .map(toEvent),
        ),
      ),
    streamOf: (buyerId, afterSequence, limit) =>
      statementOn(session, (transaction) => {
        const newest = transaction.read(buyerStreams, buyerId)?.sequence ?? 0;
        const events = transaction
          .rowsBy(orderEvents, 'buyer', buyerId)
          .filter(({ buyerSequence }) => buyerSequence > (afterSequence ?? newest - 1))
          .toSorted((a, b) => a.buyerSequence - b.buyerSequence);
        return { newest, events: events.slice(0, limit).map(toBuyerEvent) };
      }),
    pagesOf: () => Promise.reject(new Error('pages of orders are not simulated')),
    countsOf: () => Promise.reject(new Error('counts of orders are not simulated')),
  };
}

export function toOrder({ counter, ...row }: OrderRow): Order {
  const { id, sagaId, buyerId, status, sequence, fulfilmentStatus, subtotal, shipping, tax, discount, total } = row;
  const { shippingAddress, problems, cancelReason, placedAt, confirmedAt, updatedAt } = row;
  return {
    ...{ id, sagaId, buyerId, status, sequence, fulfilmentStatus, subtotal, shipping, tax, discount, total },
    ...{ shippingAddress, problems, cancelReason, placedAt, confirmedAt, updatedAt },
    number: toOrderNumber(counter),
    allowedActions: allowedActionsIn(status),
  };
}

const toLine = ({ id, orderId, variantId, sellerId, sku, title, quantity, unitPrice, lineTotal }: OrderLineRow): OrderLine => ({
  ...{ id, orderId, variantId, sellerId, sku, title, quantity, unitPrice, lineTotal },
});

const toEvent = ({ orderId, sequence, previous, status, note, occurredAt }: OrderEventRow): OrderEvent => ({
  ...{ orderId, sequence, previous, status, note, occurredAt },
});
const toBuyerEvent = ({ orderId, buyerSequence, status, occurredAt }: OrderEventRow): BuyerEvent => ({
  ...{ orderId, sequence: buyerSequence, status, occurredAt },
});

/** As joins do: a parent without rows is not in the answer. */
function grouped<Value>(ids: readonly Id<'ord'>[], valuesOf: (id: Id<'ord'>) => readonly Value[]): ReadonlyMap<string, readonly Value[]> {
  return new Map(ids.map((id) => [id, valuesOf(id)] as const).filter(([, values]) => values.length > 0));
}
