import { newId, newShardedId, toUuid } from '@tally/kernel';
import type { Evidence, Owner } from '../src/simulate/evidence.ts';

type Queued = readonly [owner: Owner, topic: string, key: string, type: string];

const readers: Readonly<Record<string, Owner>> = {
  'products.commands.v1': 'products',
  'products.stock.v1': 'orders',
  'payments.commands.v1': 'payments',
  'payments.payment.v1': 'orders',
};

/** An order of two units for 2,500, sold and paid, as all tables and witnesses tell it. */
export function soldOrder(): Evidence {
  const [order, buyerId, variantId] = [newShardedId('ord', 0), newId('usr'), newId('var')];
  const statuses = ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING'];
  const outbox = numbered([
    ...[1, 2, 3].map((): Queued => ['products', 'products.level.v1', variantId, 'StockLevelChanged']),
    ...['StockReserved', 'StockCommitted'].map((type): Queued => ['products', 'products.stock.v1', order, type]),
    ...['ReserveStock', 'CommitStock'].map((type): Queued => ['orders', 'products.commands.v1', order, type]),
    ...['AuthorisePayment', 'CapturePayment'].map((type): Queued => ['orders', 'payments.commands.v1', order, type]),
    ...statuses.map((): Queued => ['orders', 'orders.order.v1', order, 'OrderStatusChanged']),
    ...statuses.map((): Queued => ['orders', 'orders.buyer.v1', buyerId, 'BuyerOrderChanged']),
    ...['PaymentAuthorised', 'PaymentCaptured'].map((type): Queued => ['payments', 'payments.payment.v1', order, type]),
  ]);
  const line = { order, authorisation: 'auth_1', amount: 2_500, outcome: 'succeeded' };
  return {
    orders: [{ id: order, buyerId, clientKey: 'key', status: 'PROCESSING', total: 2_500, sequence: 4 }],
    lines: [{ orderId: order, variantId, quantity: 2 }],
    timeline: statuses.map((status, at) => ({ orderId: order, sequence: at + 1, status, buyerId, buyerSequence: at + 1 })),
    sagas: [
      {
        ...{ orderId: order, step: 'ENDED', outcome: 'SOLD', needsAttention: false, attention: null },
        ...{ productsSequence: 2, paymentsSequence: 2 },
      },
    ],
    commands: ['ReserveStock', 'CommitStock', 'AuthorisePayment', 'CapturePayment'].map((type) => ({
      orderId: order,
      type,
      answered: true,
    })),
    stock: [{ variantId, available: 8, reserved: 0, version: 3 }],
    movements: [
      { variantId, version: 1, kind: 'OPENING', quantity: 10, orderId: null },
      { variantId, version: 2, kind: 'RESERVED', quantity: 2, orderId: order },
      { variantId, version: 3, kind: 'COMMITTED', quantity: 2, orderId: order },
    ],
    claims: [{ orderId: order, state: 'COMMITTED', sequence: 2 }],
    reservations: [{ orderId: order, variantId, quantity: 2 }],
    payments: [{ orderId: order, status: 'CAPTURED', captured: 2_500, refunded: 0, attention: null }],
    operations: ['AUTHORISE', 'CAPTURE'].map((operation) => ({ orderId: order, operation, state: 'DONE', done: true })),
    attempts: [1, 2].map((number) => ({ orderId: order, number, outcome: 'SUCCEEDED' })),
    refunds: [],
    paymentStreams: [{ orderId: order, sequence: 2 }],
    outbox,
    inbox: outbox.flatMap(({ topic, eventId }) => {
      const owner = readers[topic];
      return owner === undefined ? [] : [{ owner, consumer: owner, eventId, state: 'DONE' }];
    }),
    parkedKeys: [],
    log: [...Map.groupBy(outbox, ({ topic }) => topic).values()].flatMap((ofTopic) =>
      ofTopic.map(({ topic, key, eventId, type, sequence }, position) => ({
        ...{ topic, partition: 0, position, key, eventId: toUuid(eventId), type, sequence, time: new Date() },
      })),
    ),
    ledger: [
      { ...line, operation: 'authorise' },
      { ...line, operation: 'capture' },
    ],
    acknowledged: [{ id: order, total: 2_500 }],
  };
}

function numbered(events: readonly Queued[]) {
  const last = new Map<string, number>();
  return events.map(([owner, topic, key, type]) => {
    const sequence = (last.get(topic + key) ?? 0) + 1;
    last.set(topic + key, sequence);
    return { owner, eventId: newId('evt'), topic, key, sequence, type, published: true, parked: false };
  });
}

/** A way in which a history can end badly, and the invariants that it breaks. */
export interface Damage {
  readonly what: string;
  readonly breaks: readonly string[];
  readonly done: (evidence: Evidence) => Evidence;
}

const damage = (what: string, breaks: readonly string[], done: (evidence: Evidence) => Partial<Evidence>): Damage => ({
  what,
  breaks,
  done: (evidence) => ({ ...evidence, ...done(evidence) }),
});

const changed = <Row>(rows: readonly Row[], change: Partial<Row>, where: (row: Row) => boolean = () => true): readonly Row[] =>
  rows.map((row) => (where(row) ? { ...row, ...change } : row));

/** Each kind of violation that the judge has a sentence for. */
export const damages: readonly Damage[] = [
  damage('a capture is missing at the provider', ['I1'], ({ ledger }) => ({ ledger: ledger.slice(0, 1) })),
  damage('money is held that nobody let go', ['I1'], ({ ledger: [first, ...rest] }) => ({
    ledger: first === undefined ? rest : [first, ...rest, { ...first, authorisation: 'auth_2' }],
  })),
  damage('an order is charged twice', ['I1', 'I2'], ({ ledger }) => ({ ledger: [...ledger, ...ledger] })),
  damage('an order is no sale and paid', ['I1', 'I4', 'I5'], ({ orders }) => ({ orders: changed(orders, { status: 'CANCELLED' }) })),
  damage('one key bought twice', ['I2', 'I5', 'I7'], ({ orders }) => ({
    orders: [...orders, ...changed(orders, { id: newShardedId('ord', 0), status: 'PENDING', sequence: 1 })],
  })),
  damage('stock is below zero', ['I3', 'I4'], ({ stock }) => ({ stock: changed(stock, { available: -1 }) })),
  damage('stock was below zero once', ['I3', 'I7'], ({ stock, movements: [first, ...rest] }) => ({
    stock: changed(stock, { version: 5 }),
    movements:
      first === undefined
        ? rest
        : [
            first,
            ...rest,
            { ...first, version: 4, kind: 'ADJUSTED', quantity: -9 },
            { ...first, version: 5, kind: 'ADJUSTED', quantity: 9 },
          ],
  })),
  damage('a unit went without a movement', ['I4'], ({ stock }) => ({ stock: changed(stock, { available: 7 }) })),
  damage('a claim outlives its saga', ['I4'], ({ claims }) => ({ claims: changed(claims, { state: 'RESERVED' }) })),
  damage('a sale has no claim', ['I4'], () => ({ claims: [], reservations: [] })),
  damage('a claim is about other units', ['I4'], ({ reservations }) => ({ reservations: changed(reservations, { quantity: 3 }) })),
  damage('a saga stands still', ['I5'], ({ sagas }) => ({ sagas: changed(sagas, { step: 'COMPLETE', outcome: null }) })),
  damage('an order has no saga', ['I5'], () => ({ sagas: [] })),
  damage('an order contradicts its saga', ['I5'], ({ orders }) => ({ orders: changed(orders, { status: 'CONFIRMED' }) })),
  damage('a command has no answer', ['I5'], ({ commands }) => ({
    commands: changed(commands, { answered: false }, ({ type }) => type === 'CommitStock'),
  })),
  damage('work is open at the provider', ['I5'], ({ operations }) => ({
    operations: changed(operations, { state: 'ENQUIRE', done: false }, ({ operation }) => operation === 'CAPTURE'),
  })),
  damage('a call was never recorded', ['I5'], ({ attempts }) => ({
    attempts: changed(attempts, { outcome: 'STARTED' }, ({ number }) => number === 2),
  })),
  damage('a payment is in doubt', ['I5'], ({ payments }) => ({ payments: changed(payments, { status: 'IN_DOUBT' }) })),
  damage('a saga needs a person', ['I5'], ({ sagas }) => ({ sagas: changed(sagas, { needsAttention: true, attention: 'refund failed' }) })),
  damage('an acknowledged order is gone', ['I6'], ({ acknowledged }) => ({
    acknowledged: [...acknowledged, { id: newShardedId('ord', 0), total: 1 }],
  })),
  damage('an acknowledged order costs something else', ['I6'], ({ acknowledged }) => ({
    acknowledged: changed(acknowledged, { total: 1 }),
  })),
  damage('an event is not published', ['I7'], ({ outbox }) => ({
    outbox: changed(outbox, { published: false }, ({ topic, sequence }) => topic === 'orders.order.v1' && sequence === 4),
  })),
  damage('an event is parked', ['I7'], ({ outbox }) => ({
    outbox: changed(outbox, { parked: true, published: false }, ({ topic, sequence }) => topic === 'orders.order.v1' && sequence === 4),
  })),
  damage('an event never reached the log', ['I7'], ({ log }) => ({
    log: log.filter(({ topic, sequence }) => topic !== 'orders.buyer.v1' || sequence < 4),
  })),
  damage('a reader has not seen an event', ['I7'], ({ inbox }) => ({ inbox: inbox.slice(1) })),
  damage('a reader gave an event up', ['I7'], ({ inbox: [first, ...rest] }) => ({
    inbox: first === undefined ? rest : [{ ...first, state: 'PARKED' }, ...rest],
  })),
  damage('a key is parked', ['I7'], () => ({ parkedKeys: [{ consumer: 'orders', topic: 'products.stock.v1', key: 'ord_1' }] })),
  damage('a change has no event', ['I7'], ({ outbox, log }) => {
    const isLast = ({ topic, sequence }: { readonly topic: string; readonly sequence: number }) =>
      topic === 'payments.payment.v1' && sequence === 2;
    return { outbox: outbox.filter((row) => !isLast(row)), log: log.filter((record) => !isLast(record)) };
  }),
  damage('a record has no outbox row', ['I8'], ({ log }) => ({
    log: [...log, ...changed(log.slice(0, 1), { key: newId('var'), eventId: toUuid(newId('evt')), sequence: 1, position: 99 })],
  })),
  damage('a stream has a hole', ['I7', 'I9'], ({ log }) => ({
    log: log.filter(({ topic, sequence }) => topic !== 'orders.order.v1' || sequence !== 3),
  })),
  damage('a stream is out of order', ['I9'], ({ log }) => ({
    log: log.map((record) => (record.topic === 'orders.order.v1' ? { ...record, position: 3 - record.position } : record)),
  })),
];
