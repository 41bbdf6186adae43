import type { Finding } from './finding.ts';
import type { Moving } from './moving.ts';
import { listInSql, spelled, type Read } from './read.ts';
import type { LogTables } from './log-tables.ts';
import { changes } from './streams.ts';

const subgraphs = ['products', 'orders', 'payments', 'users', 'notifications'] as const;

/** Who must have seen which events of a step topic, by the catalogue (docs/messages.md); the subgraph is also the name of its consumer. */
const readers: readonly { readonly topic: string; readonly reader: string; readonly types?: readonly string[] }[] = [
  { topic: 'products.commands.v1', reader: 'products' },
  { topic: 'products.stock.v1', reader: 'orders' },
  { topic: 'payments.commands.v1', reader: 'payments' },
  { topic: 'payments.payment.v1', reader: 'orders' },
  { topic: 'orders.order.v1', reader: 'notifications', types: ['OrderPlaced'] },
  { topic: 'payments.payment.v1', reader: 'notifications', types: ['PaymentRefunded'] },
];

/** State topics: the newest of each key is kept for ever, what it replaced may be gone, and gaps are harmless. */
const compacted = listInSql(['products.level.v1', 'products.catalogue.v1', 'users.user.v1']);

const outboxes = subgraphs
  .map((name) => `SELECT '${name}' AS owner, event_id, topic, key, sequence, created_at, published_at, parked_at FROM ${name}.outbox`)
  .join(' UNION ALL ');

const unpublished = (
  { record }: LogTables,
  moving: Moving,
): string => `SELECT owner, event_id, topic, key, CASE WHEN parked_at IS NOT NULL THEN 'is parked in the outbox'
  WHEN published_at IS NULL THEN 'is not published' ELSE 'is published and not in the log' END AS why
FROM (${outboxes}) o WHERE (${moving.longAgo('greatest(created_at, published_at)')} OR parked_at IS NOT NULL) AND (published_at IS NULL OR parked_at IS NOT NULL OR (
  NOT EXISTS (SELECT FROM ${record} r WHERE r.event_id = o.event_id)
  AND NOT EXISTS (SELECT FROM ${record} r WHERE o.topic IN (${compacted}) AND r.topic = o.topic AND r.key = o.key AND r.sequence > o.sequence)))`;

const untold = ({ record }: LogTables): string => `SELECT topic, key, sequence FROM (${changes}) change WHERE NOT EXISTS (
    SELECT FROM (${outboxes}) o WHERE o.topic = change.topic AND o.key = change.key AND o.sequence = change.sequence)
  AND NOT EXISTS (SELECT FROM ${record} r WHERE r.topic = change.topic AND r.key = change.key AND r.sequence = change.sequence)`;

const unseen = ({ record }: LogTables, moving: Moving): string =>
  readers
    .map(
      ({
        topic,
        reader,
        types,
      }) => `SELECT DISTINCT '${reader}' AS reader, r.topic, r.key, r.event_id FROM ${record} r WHERE r.topic = '${topic}' AND ${moving.longAgo('r.appended_at')}
  ${types === undefined ? '' : `AND r.type IN (${listInSql(types)})`}
  AND NOT EXISTS (SELECT FROM ${reader}.inbox i WHERE i.consumer = '${reader}' AND i.event_id = r.event_id AND i.state = 'DONE')`,
    )
    .join(' UNION ALL ');

// The row of a key outlives its parking.
const parked = subgraphs
  .map((name) => `SELECT consumer, topic, key FROM ${name}.parked_key WHERE parked_at IS NOT NULL`)
  .join(' UNION ALL ');

// Rows of the outbox are deleted a day after they were published.
const recent = (record: string): string => `${record} r WHERE r.appended_at > now() - interval '24 hours'`;

const phantoms = ({ record }: LogTables): string => `SELECT r.event_id, r.topic, r.key FROM ${recent(record)} AND NOT EXISTS (
  SELECT FROM (${outboxes}) o WHERE o.event_id = r.event_id AND o.topic = r.topic AND o.key = r.key AND o.sequence = r.sequence)`;

// First appearances: a repeat is legal, another order than that of the stream is not. What a partition has trimmed cannot be missed at its beginning.
const disorder = ({ record, partition }: LogTables): string => `SELECT topic, key, sequence, before FROM (
  SELECT topic, partition, key, sequence, lag(sequence) OVER (PARTITION BY topic, key ORDER BY position) AS before FROM (
    SELECT topic, partition, key, sequence, event_id, min(position) AS position FROM ${record} GROUP BY topic, partition, key, sequence, event_id) first
) ordered LEFT JOIN ${partition} USING (topic, partition)
WHERE CASE WHEN topic IN (${compacted}) THEN sequence <= before WHEN before IS NULL THEN sequence <> 1 AND coalesce(trimmed_through, 0) = 0
  ELSE sequence <> before + 1 END`;

const totals = ({
  record,
}: LogTables): string => `SELECT (SELECT count(*) FROM (${outboxes}) o)::int AS events, (SELECT count(*) FROM ${recent(record)})::int AS records,
  (SELECT count(DISTINCT (topic, key)) FROM ${record})::int AS streams`;

/** I7: every change has its event, every event reached the log and its readers. I8: the log holds nothing else. I9: sequences rise without a hole. */
export async function checkDelivery(read: Read, log: LogTables, moving: Moving): Promise<readonly Finding[]> {
  const ask = <Row extends object>(text: (log: LogTables, moving: Moving) => string): Promise<readonly Row[]> =>
    read(`${log.preamble.text}${text(log, moving)}`, log.preamble.values);
  const [counts] = await ask<{ events: number; records: number; streams: number }>(totals);
  const stuck = await ask<{ owner: string; event_id: string; topic: string; key: string; why: string }>(unpublished);
  const silent = await ask<{ topic: string; key: string; sequence: string }>(untold);
  const ignored = await ask<{ reader: string; topic: string; key: string; event_id: string }>(unseen);
  const givenUp = await read<{ consumer: string; topic: string; key: string }>(parked);
  const unknown = await ask<{ event_id: string; topic: string; key: string }>(phantoms);
  const jumps = await ask<{ topic: string; key: string; sequence: string; before: string | null }>(disorder);
  return [
    {
      id: 'I7',
      title: 'no lost event: each change has one, on the log and seen by its readers',
      checked: counts?.events ?? 0,
      violations: [
        ...stuck.map(({ owner, event_id, topic, key, why }) => `${spelled('evt', event_id)} of ${owner} on ${topic} for ${key} ${why}`),
        ...silent.map(({ topic, key, sequence }) => `${topic} ${key}: change ${sequence} has no event`),
        ...ignored.map(
          ({ reader, topic, key, event_id }) => `${spelled('evt', event_id)} on ${topic} for ${key}: ${reader} has not handled it`,
        ),
        ...givenUp.map(({ consumer, topic, key }) => `${topic} ${key} is parked by ${consumer}`),
      ],
    },
    {
      id: 'I8',
      title: 'no phantom: every record of the last day has its outbox row',
      checked: counts?.records ?? 0,
      violations: unknown.map(({ event_id, topic, key }) => `${spelled('evt', event_id)} on ${topic} for ${key} has no outbox row`),
    },
    {
      id: 'I9',
      title: 'order: sequences rise per key without a hole',
      checked: counts?.streams ?? 0,
      violations: jumps.map(
        ({ topic, key, sequence, before }) => `${topic} ${key}: ${sequence} ${before === null ? 'comes first' : `after ${before}`}`,
      ),
    },
  ];
}
