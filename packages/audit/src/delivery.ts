import type { Finding } from './finding.ts';
import { spelled, type Read } from './read.ts';

const subgraphs = ['products', 'orders', 'payments', 'users'] as const;

/** Who must have seen every event of a step topic, by the catalogue (docs/messages.md). */
const readers = {
  'products.commands.v1': 'products',
  'products.stock.v1': 'orders',
  'payments.commands.v1': 'payments',
  'payments.payment.v1': 'orders',
} as const;

const outboxes = subgraphs
  .map((name) => `SELECT '${name}' AS owner, event_id, topic, key, sequence, published_at, parked_at FROM ${name}.outbox`)
  .join(' UNION ALL ');

/** I7: every event reached the log and its readers. I8: the log holds nothing else. I9: sequences rise without a hole. */
export async function checkDelivery(read: Read): Promise<readonly Finding[]> {
  const [counts] = await read<{ events: number; records: number; keys: number }>(
    `SELECT (SELECT count(*) FROM (${outboxes}) o)::int AS events, count(*)::int AS records, count(DISTINCT (topic, key))::int AS keys FROM event_log.record`,
  );
  const lost = await read<{ owner: string; event_id: string; topic: string; key: string; why: string }>(
    `SELECT o.owner, o.event_id, o.topic, o.key, CASE WHEN o.published_at IS NULL THEN 'is not published' ELSE 'is published and not in the log' END AS why
     FROM (${outboxes}) o WHERE o.parked_at IS NULL AND (o.published_at IS NULL
       OR (o.topic IN (${Object.keys(readers)
         .map((topic) => `'${topic}'`)
         .join(', ')}) AND NOT EXISTS (SELECT 1 FROM event_log.record r WHERE r.event_id = o.event_id)))`,
  );
  const unseen: string[] = [];
  for (const [topic, reader] of Object.entries(readers)) {
    const rows = await read<{ event_id: string; key: string }>(
      `SELECT DISTINCT r.event_id, r.key FROM event_log.record r WHERE r.topic = '${topic}' AND NOT EXISTS (SELECT 1 FROM ${reader}.inbox i WHERE i.event_id = r.event_id)`,
    );
    unseen.push(...rows.map(({ event_id, key }) => `${spelled('evt', event_id)} on ${topic} for ${key}: ${reader} has not seen it`));
  }
  const phantom = await read<{ event_id: string; topic: string }>(
    `SELECT r.event_id, r.topic FROM event_log.record r WHERE r.appended_at > now() - interval '24 hours' AND NOT EXISTS (SELECT 1 FROM (${outboxes}) o WHERE o.event_id = r.event_id)`,
  );
  // First appearances only: a repeat is legal, an order other than that of the stream is not.
  const disorder = await read<{ topic: string; key: string; sequence: string; before: string | null }>(
    `SELECT topic, key, sequence, before FROM (
       SELECT topic, key, sequence, lag(sequence) OVER (PARTITION BY topic, key ORDER BY position) AS before FROM (
         SELECT topic, key, sequence, min(position) AS position FROM event_log.record GROUP BY topic, key, sequence) first
     ) ordered WHERE before IS NOT NULL AND sequence <> before + 1
       AND topic NOT IN ('products.level.v1', 'products.catalogue.v1', 'users.user.v1')`,
  );
  return [
    {
      id: 'I7',
      title: 'no lost event: each reached the log and its readers',
      checked: counts?.events ?? 0,
      violations: [
        ...lost.map(({ owner, event_id, topic, key, why }) => `${spelled('evt', event_id)} of ${owner} on ${topic} for ${key} ${why}`),
        ...unseen,
      ],
    },
    {
      id: 'I8',
      title: 'no phantom: every record has its outbox row',
      checked: counts?.records ?? 0,
      violations: phantom.map(({ event_id, topic }) => `${spelled('evt', event_id)} on ${topic} has no outbox row`),
    },
    {
      id: 'I9',
      title: 'order: sequences rise per key without a hole',
      checked: counts?.keys ?? 0,
      violations: disorder.map(({ topic, key, sequence, before }) => `${topic} ${key}: ${sequence} after ${before ?? ''}`),
    },
  ];
}
