import type { Topic } from '@tally/events';
import { newId } from '@tally/kernel';

/** A kind of subscription, and what the log has for it. */
export interface Watched {
  readonly title: string;
  readonly query: string;
  readonly topic: Topic;
  readonly type: string;
  /** Only who has a token may subscribe. */
  readonly signedIn: boolean;
  newKey(): string;
  /** Variables of a subscription to one key; `after` asks for everything after a sequence. */
  variables(key: string, after: number | null): Readonly<Record<string, unknown>>;
  /** Data of a record, as `@tally/events` has it. */
  data(key: string, buyer: string, sequence: number): unknown;
  /** The event as its owner answers it in a replay. */
  event(key: string, sequence: number): Readonly<Record<string, unknown>>;
}

const occurredAt = '2026-11-21T12:00:00.000Z';
const stock = (sequence: number) => ({ available: 1 + (sequence % 900), status: 'IN_STOCK' });

/** Anonymous and shared: everybody gets the same bytes. A slow client gets the newest level. */
export const stockLevel: Watched = {
  title: 'stock of one variant, anonymous',
  query:
    'subscription StockLevel($variantIds: [ID!]!) { inventoryChanged(variantIds: $variantIds) { sequence available status occurredAt variant { id } } }',
  topic: 'products.level.v1',
  type: 'StockLevelChanged',
  signedIn: false,
  newKey: () => newId('var'),
  variables: (key) => ({ variantIds: [key] }),
  data: (key, _, sequence) => ({ variant: { id: key }, ...stock(sequence) }),
  event: (key, sequence) => ({
    __typename: 'InventoryEvent',
    sequence,
    occurredAt,
    variant: { __typename: 'ProductVariant', id: key },
    ...stock(sequence),
  }),
};

/** Signed in, everybody his own order. A slow client's stream is ended. */
export const ownOrder: Watched = {
  title: 'own order, signed in',
  query:
    'subscription OwnOrder($orderId: ID!, $afterSequence: Int) { orderStatusChanged(orderId: $orderId, afterSequence: $afterSequence) { sequence previous status note occurredAt order { id } } }',
  topic: 'orders.order.v1',
  type: 'OrderStatusChanged',
  signedIn: true,
  newKey: () => newId('ord'),
  variables: (key, after) => ({ orderId: key, afterSequence: after }),
  data: (key, buyer) => ({ order: { id: key }, buyer: { id: buyer }, previous: 'PENDING', status: 'CONFIRMED', note: null, problems: [] }),
  event: (key, sequence) => ({
    __typename: 'OrderStatusEvent',
    sequence,
    occurredAt,
    previous: 'PENDING',
    status: 'CONFIRMED',
    note: null,
    order: { __typename: 'Order', id: key },
  }),
};

export const watchedBy = (key: string): Watched => (key.startsWith('var_') ? stockLevel : ownOrder);
