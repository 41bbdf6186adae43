import { byOrder, type Evidence } from '../evidence.ts';
import type { Asked, History } from '../history.ts';

/** What clients can tell that tables cannot: sentences by the id of the invariant that they break. */
export type Complaints = readonly { readonly id: 'I2' | 'I6'; readonly violation: string }[];

/**
 * Holds the clients' record against what is left. A request without an answer (`info`) may have happened or not: both are fine.
 *
 * I2: one key stands for one order and one intent. I6: who was told of a cancellation has one; who was refused, and asked nothing else under that key,
 * has no order.
 */
export function complaintsOf({ asked }: History, { orders, sagas }: Evidence): Complaints {
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  const keyed = new Map(orders.map((order) => [`${order.buyerId} ${order.clientKey}`, order]));
  const sagaOf = byOrder(sagas);
  const checkouts = Map.groupBy(
    asked.filter(({ what }) => what === 'checkout'),
    ({ buyerId, key }) => `${buyerId} ${key}`,
  );
  const complaints: Complaints[number][] = [];
  for (const [name, requests] of checkouts) {
    const answered = requests.filter(({ seen }) => seen.kind === 'ok');
    const told = new Set(answered.flatMap(({ seen }) => (seen.kind === 'ok' ? [seen.orderId] : [])));
    if (told.size > 1) complaints.push({ id: 'I2', violation: `${name}: told of ${[...told].join(' and ')}` });
    if (new Set(answered.map(({ intent }) => intent)).size > 1)
      complaints.push({ id: 'I2', violation: `${name}: two intents were answered` });
    const order = keyed.get(name);
    if (order !== undefined && requests.every(isPlainRefusal))
      complaints.push({ id: 'I6', violation: `${order.id}: its client was refused` });
  }
  for (const { what, seen } of asked) {
    if (what !== 'cancel' || seen.kind !== 'ok') continue;
    const status = orderOf.get(seen.orderId)?.status;
    if (status !== 'CANCELLED' && sagaOf.get(seen.orderId)?.step === 'ENDED')
      complaints.push({ id: 'I6', violation: `${seen.orderId}: its client was told that it is cancelled, it is ${status ?? 'gone'}` });
  }
  return complaints;
}

/** Refused for good while nobody else was asking: two clicks at once may each be told that the other is in the way. */
const isPlainRefusal = ({ seen }: Asked): boolean => seen.kind === 'refused' && !seen.why.some((kind) => inTheWay.includes(kind));

const inTheWay: readonly string[] = ['IDEMPOTENCY_KEY_REUSED', 'CONFLICT', 'EMPTY_CART'];
