import type { Finding } from '@tally/audit';
import { fromUuid } from '@tally/kernel';
import type { Evidence } from '../evidence.ts';

/** Who must have seen which events of a step topic, as far as the simulation has readers; the owner is also the name of its consumer. */
const readers = [
  { topic: 'products.commands.v1', reader: 'products' },
  { topic: 'products.stock.v1', reader: 'orders' },
  { topic: 'payments.commands.v1', reader: 'payments' },
  { topic: 'payments.payment.v1', reader: 'orders' },
] as const;

/** State topics: what a newer record replaced may be gone, and gaps are harmless. */
const compacted: readonly string[] = ['products.level.v1', 'products.catalogue.v1', 'users.user.v1'];

const evt = (uuid: string): string => fromUuid('evt', uuid);

/** I7: every change has its event, every event reached the log and its readers. I8: the log holds nothing else. I9: sequences rise without a hole. */
export function judgeDelivery(evidence: Evidence): readonly Finding[] {
  const { outbox, log, parkedKeys } = evidence;
  const rowOf = new Map(outbox.map((row) => [row.eventId, row]));
  const phantoms = log.filter((record) => {
    const row = rowOf.get(evt(record.eventId));
    return row === undefined || row.topic !== record.topic || row.key !== record.key || row.sequence !== record.sequence;
  });
  const streams = Map.groupBy(log, ({ topic, key }) => `${topic} ${key}`);
  return [
    {
      id: 'I7',
      title: 'no lost event: each change has one, on the log and seen by its readers',
      checked: outbox.length,
      violations: [
        ...unpublished(evidence),
        ...untold(evidence),
        ...unseen(evidence),
        ...parkedKeys.map(({ consumer, topic, key }) => `${topic} ${key} is parked by ${consumer}`),
      ],
    },
    {
      id: 'I8',
      title: 'no phantom: every record of the last day has its outbox row',
      checked: log.length,
      violations: phantoms.map(({ eventId, topic, key }) => `${evt(eventId)} on ${topic} for ${key} has no outbox row`),
    },
    {
      id: 'I9',
      title: 'order: sequences rise per key without a hole',
      checked: streams.size,
      violations: [...streams.values()].flatMap(jumps),
    },
  ];
}

function unpublished({ outbox, log }: Evidence): readonly string[] {
  const onTheLog = new Set(log.map(({ eventId }) => evt(eventId)));
  const newest = new Map<string, number>();
  for (const { topic, key, sequence } of log)
    if (compacted.includes(topic)) newest.set(`${topic} ${key}`, Math.max(sequence, newest.get(`${topic} ${key}`) ?? 0));
  return outbox.flatMap(({ owner, eventId, topic, key, sequence, published, parked }) => {
    const arrived = onTheLog.has(eventId) || (newest.get(`${topic} ${key}`) ?? 0) > sequence;
    if (published && !parked && arrived) return [];
    const why = parked ? 'is parked in the outbox' : published ? 'is published and not in the log' : 'is not published';
    return [`${eventId} of ${owner} on ${topic} for ${key} ${why}`];
  });
}

/** Changes as the tables themselves count them, one per change where each is on record, else the newest of each stream. */
function untold({ orders, timeline, sagas, claims, movements, stock, payments, paymentStreams, outbox, log }: Evidence): readonly string[] {
  const told = new Set([...outbox, ...log].map(({ topic, key, sequence }) => `${topic} ${key} ${sequence}`));
  const paid = new Set(payments.map(({ orderId }) => orderId));
  const changes: (readonly [topic: string, key: string, sequence: number])[] = [
    ...timeline.map(({ orderId, sequence }) => ['orders.order.v1', orderId, sequence] as const),
    ...orders.map(({ id, sequence }) => ['orders.order.v1', id, sequence] as const),
    ...timeline.map(({ buyerId, buyerSequence }) => ['orders.buyer.v1', buyerId, buyerSequence] as const),
    ...sagas.map(({ orderId, productsSequence }) => ['products.commands.v1', orderId, productsSequence] as const),
    ...sagas.map(({ orderId, paymentsSequence }) => ['payments.commands.v1', orderId, paymentsSequence] as const),
    ...claims.map(({ orderId, sequence }) => ['products.stock.v1', orderId, sequence] as const),
    ...movements.map(({ variantId, version }) => ['products.level.v1', variantId, version] as const),
    ...stock.map(({ variantId, version }) => ['products.level.v1', variantId, version] as const),
    ...paymentStreams.flatMap(({ orderId, sequence }) => (paid.has(orderId) ? [['payments.payment.v1', orderId, sequence] as const] : [])),
  ];
  const silent = changes.filter(([topic, key, sequence]) => sequence > 0 && !told.has(`${topic} ${key} ${sequence}`));
  return [...new Set(silent.map(([topic, key, sequence]) => `${topic} ${key}: change ${sequence} has no event`))];
}

function unseen({ log, inbox }: Evidence): readonly string[] {
  const seen = new Set(
    inbox.flatMap(({ owner, consumer, eventId, state }) => (state === 'DONE' && consumer === owner ? [`${owner} ${eventId}`] : [])),
  );
  const missing = readers.flatMap(({ topic, reader }) =>
    log.flatMap((record) =>
      record.topic === topic && !seen.has(`${reader} ${evt(record.eventId)}`)
        ? [`${evt(record.eventId)} on ${topic} for ${record.key}: ${reader} has not handled it`]
        : [],
    ),
  );
  return [...new Set(missing)];
}

/** First appearances: a repeat is legal, another order than that of the stream is not. */
function jumps(records: Evidence['log']): readonly string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  let before: number | null = null;
  for (const { topic, key, sequence, eventId } of records.toSorted((left, right) => left.position - right.position)) {
    const name = `${sequence} ${eventId}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const rises = compacted.includes(topic) ? before === null || sequence > before : sequence === (before ?? 0) + 1;
    if (!rises) wrong.push(`${topic} ${key}: ${sequence} ${before === null ? 'comes first' : `after ${before}`}`);
    before = sequence;
  }
  return wrong;
}
