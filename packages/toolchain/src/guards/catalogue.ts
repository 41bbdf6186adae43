import type { Check, Guard } from './guard.ts';

const int = (file: string, title?: string): Check => ({ kind: 'test', project: 'int', file, ...(title === undefined ? {} : { title }) });
const unit = (file: string, title?: string): Check => ({ kind: 'test', project: 'unit', file, ...(title === undefined ? {} : { title }) });

const simulation = (...violates: readonly string[]): Check => ({ kind: 'simulation', violates });

const eventLog = 'packages/messaging/src/postgres/event-log.int.test.ts';
const relay = 'packages/messaging/src/relay/start-relay.int.test.ts';
const recovery = 'subgraphs/payments/test/recovery.int.test.ts';
const payments = 'subgraphs/payments/test/payments.int.test.ts';
const stock = 'subgraphs/products/test/stock.int.test.ts';
const saga = 'subgraphs/orders/test/saga.int.test.ts';
const checkout = 'subgraphs/orders/test/checkout.int.test.ts';

/** Every guard that money, stock and events hang on (docs/reliability.md), and what turns red without it. */
export const guards: readonly Guard[] = [
  {
    name: 'inbox row before the effect',
    without: 'a command that is delivered twice works twice',
    edits: [
      {
        file: 'packages/messaging/src/inbox.ts',
        find: 'const first = (await sql.count(insert, [consumer, toUuid(eventId)])) === 1;',
        replace: 'const first = (await sql.count(insert, [consumer, toUuid(eventId)])) >= 0;',
      },
    ],
    checks: [int(stock, 'a command delivered twice changes stock once and is answered once')],
  },
  {
    name: 'position after the effect',
    without: 'what a consumer had in hand when it died is never handled',
    edits: [
      {
        file: 'packages/messaging/src/postgres/held-partition.ts',
        find: '      await to.handler(delivery);',
        replace: '      held.handled = last;\n      to.handled();\n      await to.handler(delivery);',
      },
    ],
    checks: [int(eventLog, '3 a member killed before its commit leads to redelivery, one killed after it to no loss')],
  },
  {
    name: 'epoch in the position’s update',
    without: 'an owner that lost its partition moves the position of the next one',
    edits: [
      {
        file: 'packages/messaging/src/postgres/positions.ts',
        find: ' AND reader.epoch = reached.epoch AND reader.position <= reached.position',
        replace: '',
      },
    ],
    checks: [int(eventLog, '4 a position only moves forward, whatever an old owner or an older statement says')],
  },
  {
    name: 'derived key at the provider',
    without: 'a call that is made again is another call',
    edits: [
      {
        file: 'subgraphs/payments/src/use-cases/carry-out.ts',
        find: '    const { key, refund } = operation;',
        replace: '    const { refund } = operation;\n    const key = `${operation.key}:${String(Math.random())}`;',
      },
    ],
    checks: [
      int(recovery, 'a worker that dies before its call: the enquiry finds nothing, and the call is made again with the same key'),
      simulation('I1', 'I2'),
    ],
  },
  {
    name: 'mark of what is published instead of a cursor over ids',
    without: 'a row that is committed after a later one is never published',
    edits: [
      {
        file: 'packages/messaging/src/relay/outbox-rows.ts',
        find: 'FROM outbox waiting WHERE published_at IS NULL AND parked_at IS NULL',
        replace:
          'FROM outbox waiting WHERE id > coalesce((SELECT max(id) FROM outbox WHERE published_at IS NOT NULL), 0) AND parked_at IS NULL',
      },
    ],
    checks: [int(relay, 'no committed event is lost and no key loses its order under concurrent writers that roll back')],
  },
  {
    name: 'mark after the acknowledgement',
    without: 'what the log did not take is never sent again',
    edits: [
      {
        file: 'packages/messaging/src/relay/pass.ts',
        find: '  const { acknowledged, refused, failures } = await publish(log, waiting);',
        replace: '  await rows.markPublished(waiting);\n  const { acknowledged, refused, failures } = await publish(log, waiting);',
      },
    ],
    checks: [int(relay, 'an outage of the log is no fault of the rows: they wait, then arrive in order'), simulation('I5', 'I7')],
  },
  {
    name: 'one relay per outbox',
    without: 'relays publish side by side',
    edits: [
      {
        file: 'packages/messaging/src/relay/start-relay.ts',
        find: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
        replace: 'SELECT $1::text IS NOT NULL AS locked',
      },
    ],
    checks: [int(relay, 'one relay of an outbox works at a time; another takes over when it goes, having emptied the outbox')],
  },
  {
    name: 'lock on the head row while records are appended',
    without: 'a reader passes a position whose record is not there yet',
    edits: [
      {
        file: 'packages/messaging/prisma/migrations/20261121000000_init/migration.sql',
        find: '-- One hot row per topic and per reader:',
        replace: 'CREATE SEQUENCE "position_numbers";\n-- One hot row per topic and per reader:',
      },
      {
        file: 'packages/messaging/src/postgres/append.ts',
        find: 'WITH head AS (UPDATE topic_head SET last = last + $2::bigint WHERE topic = $1 RETURNING last - $2::bigint AS base),',
        replace: `WITH drawn AS MATERIALIZED (SELECT nextval('position_numbers') * 1000 AS base, pg_sleep(random() * 0.02)),
raised AS (UPDATE topic_head SET last = greatest(last, drawn.base + $2::bigint) FROM drawn WHERE topic = $1 RETURNING 1),
head AS (SELECT base FROM drawn, raised),`,
      },
    ],
    checks: [int(eventLog, '2 nothing is lost under concurrent appenders, rollbacks and killed connections')],
  },
  {
    name: 'enough is there, by statement and by CHECK',
    without: 'more is sold than there is',
    edits: [
      {
        file: 'subgraphs/products/src/adapters/prisma/stock-statements.ts',
        find: "WHEN NOT bool_and(available >= quantity) THEN 'SHORT' END",
        replace: "WHEN bool_and(available IS NULL) THEN 'SHORT' END",
      },
      {
        file: 'prisma/products/migrations/20261121000000_init/migration.sql',
        find: 'ADD CONSTRAINT "stock_available_check" CHECK ("available" >= 0),',
        replace: 'ADD CONSTRAINT "stock_available_check" CHECK ("available" > -1000000),',
      },
      {
        file: 'subgraphs/products/simulation/stock-store.ts',
        find: `checked.filter(({ available, quantity }) => available < quantity)`,
        replace: `checked.filter(({ available }) => available === null)`,
      },
      {
        file: 'subgraphs/products/simulation/tables.ts',
        find: `available: ({ available }) => available >= 0,`,
        replace: `available: ({ available }) => available > -1_000_000,`,
      },
    ],
    checks: [int(stock, 'fifty units and five hundred buyers: fifty are served, none is promised twice'), simulation('I3')],
  },
  {
    name: 'stock rows locked in the order of their ids',
    without: 'orders that cross each other deadlock',
    edits: [
      {
        file: 'subgraphs/products/src/adapters/prisma/stock-statements.ts',
        find: '  JOIN product ON product.id = variant.product_id\n  ORDER BY stock.variant_id FOR NO KEY UPDATE OF stock',
        replace:
          '  JOIN product ON product.id = variant.product_id\n  ORDER BY md5($1::text || stock.variant_id::text) FOR NO KEY UPDATE OF stock',
      },
    ],
    checks: [int(stock, 'orders that want the same things in opposite order queue instead of deadlocking')],
  },
  {
    name: 'tombstone of a release that came first',
    without: 'stock is held for an order that has ended',
    edits: [
      {
        file: 'subgraphs/products/src/adapters/prisma/stock-statements.ts',
        find: "INSERT INTO stock_claim (order_id, state, sequence, reason) VALUES ($1::uuid, 'RELEASED', 1, $2)\nON CONFLICT (order_id) DO NOTHING RETURNING state, sequence, reason, short`",
        replace: "SELECT 'RELEASED' AS state, 1 AS sequence, $2 AS reason, '[]'::jsonb AS short WHERE $1::uuid IS NOT NULL`",
      },
    ],
    checks: [int(stock, 'a release that comes first is remembered: the reservation is refused when it arrives')],
  },
  {
    name: 'tombstone of a void that came first',
    without: 'money is held for an order that has ended',
    edits: [
      {
        file: 'subgraphs/payments/src/domain/plan.ts',
        find: "  if (payment.status !== 'PENDING' && !isOwnDoubt(work)) return settle(answerAuthorise(work, moment));\n",
        replace:
          "  if (payment.status !== 'PENDING' && payment.status !== 'VOIDED' && !isOwnDoubt(work)) return settle(answerAuthorise(work, moment));\n",
      },
    ],
    checks: [int(payments, 'a void that comes first leaves a tombstone, and the authorisation after it calls nobody')],
  },
  {
    name: 'fence on what a worker writes',
    without: 'a worker that was thought dead writes over its successor',
    edits: [
      {
        file: 'subgraphs/payments/src/adapters/prisma/settlement-store.ts',
        find: 'FROM r WHERE o.id = r.id AND o.fence = r.fence AND o.lease_until IS NOT NULL',
        replace: 'FROM r WHERE o.id = r.id',
      },
    ],
    checks: [int('subgraphs/payments/test/fence.int.test.ts')],
  },
  {
    name: 'fence on what a worker writes, and the payment’s status',
    without: 'a charge is told of twice',
    edits: [
      {
        file: 'subgraphs/payments/src/adapters/prisma/settlement-store.ts',
        find: 'FROM r WHERE o.id = r.id AND o.fence = r.fence AND o.lease_until IS NOT NULL',
        replace: 'FROM r WHERE o.id = r.id',
      },
      {
        file: 'subgraphs/payments/src/adapters/prisma/settlement-store.ts',
        find: 'WHERE p.id = mine.payment_id AND p.status = c.status_was',
        replace: 'WHERE p.id = mine.payment_id AND c.status_was IS NOT NULL',
      },
    ],
    checks: [int(recovery, 'a worker that dies between reply and record: an enquiry finds the charge, and the zombie’s result is refused')],
  },
  {
    name: 'a step gives its lease back, and is written only under one',
    without: 'a result is told twice when nobody heard of its commit',
    edits: [
      {
        file: 'subgraphs/payments/src/adapters/prisma/settlement-store.ts',
        find: ' AND o.lease_until IS NOT NULL',
        replace: '',
      },
    ],
    checks: [
      int(
        'subgraphs/payments/test/contract/stores.int.test.ts',
        'a step that was written is not written again under its fence, though it moved no payment',
      ),
    ],
  },
  {
    name: 'lease before the call',
    without: 'a worker that lost its lease calls the provider',
    edits: [
      {
        file: 'subgraphs/payments/src/adapters/prisma/work-queue.ts',
        find: 'SELECT payment_id FROM payment_operation WHERE id = $1::bigint AND fence = $2 AND lease_until > now() FOR UPDATE',
        replace: 'SELECT payment_id FROM payment_operation WHERE id = $1::bigint AND $2::int IS NOT NULL FOR UPDATE',
      },
    ],
    checks: [int(recovery, 'a lease that was lost before the call keeps the call from being made')],
  },
  {
    name: 'enquiry before a call is made again',
    without: 'what a dead worker may have done is done once more',
    edits: [
      {
        file: 'subgraphs/payments/src/domain/plan.ts',
        find: "  if (interrupted || operation.state === 'ENQUIRE') return enquire;",
        replace: "  if (operation.state === 'ENQUIRE' && !interrupted) return enquire;",
      },
    ],
    checks: [int(recovery, 'a worker that dies between reply and record: an enquiry finds the charge, and the zombie’s result is refused')],
  },
  {
    name: 'a timeout is a doubt and no answer',
    without: 'a charge that succeeded is taken for one that failed',
    edits: [
      {
        file: 'subgraphs/payments/src/domain/settle.ts',
        find: "    case 'UNKNOWN':\n      return askLater(work, moment, moment.now);",
        replace: "    case 'UNKNOWN':\n      return refused(work, answer.code, moment);",
      },
    ],
    checks: [int(payments, 'a charge that timed out after it succeeded is found by enquiry and taken once'), simulation('I1')],
  },
  {
    name: 'settle window before “not found” counts',
    without: 'a charge that is still on its way is made twice, or given up',
    edits: [
      {
        file: 'subgraphs/payments/src/domain/settle.ts',
        find: "    case 'NOT_FOUND':\n      return isWaiting(work) ? keepWaiting(work, moment) : notDone(work, moment);",
        replace: "    case 'NOT_FOUND':\n      return isWaiting(work) ? keepWaiting(work, moment) : callNow(work);",
      },
    ],
    checks: [unit('subgraphs/payments/src/domain/settle.test.ts')],
  },
  {
    name: 'compare-and-set on the saga',
    without: 'two decisions about one order are both carried out',
    edits: [
      {
        file: 'subgraphs/orders/src/adapters/prisma/sagas-store.ts',
        find: 'WHERE order_id = $1::uuid AND step = $2 AND version = $3::int RETURNING',
        replace: 'WHERE order_id = $1::uuid AND $2::text IS NOT NULL AND $3::int IS NOT NULL RETURNING',
      },
      {
        file: 'subgraphs/orders/src/adapters/prisma/sagas-store.ts',
        find: 'FROM advanced WHERE orders.id = advanced.order_id AND orders.status = $18 RETURNING',
        replace: 'FROM advanced WHERE orders.id = advanced.order_id AND $18::text IS NOT NULL RETURNING',
      },
      {
        file: 'subgraphs/orders/simulation/sagas-store.ts',
        find: `row?.step === state.saga.step && row.version === state.version;`,
        replace: `row !== undefined && state.version > 0;`,
      },
    ],
    checks: [int(saga, 'twenty cancellations and a reply at once leave one story'), simulation('I1', 'I4', 'I5', 'I7')],
  },
  {
    name: 'idempotency row in the transaction of the order',
    without: 'a key is taken by an order that does not exist',
    edits: [
      {
        file: 'subgraphs/orders/src/use-cases/checkout.ts',
        find: "    return transact(async ({ idempotency, carts, orders: store, outbox }) => {\n      const claimed = await idempotency.claim(draft.buyerId, operation, keyed.key, keyed.intent, { orderId: draft.id });\n      if (claimed !== 'claimed') return null;",
        replace:
          "    const claimed = await transact(({ idempotency }) => idempotency.claim(draft.buyerId, operation, keyed.key, keyed.intent, { orderId: draft.id }));\n    if (claimed !== 'claimed') return null;\n    return transact(async ({ carts, orders: store, outbox }) => {",
      },
    ],
    checks: [int(checkout)],
  },
  {
    name: 'the stream listens before history is read',
    without: 'an event that happens in between is never told',
    edits: [
      { file: 'gateway/src/subscriptions/open-stream.ts', find: '    pipeline.add(subscriber);\n    try {', replace: '    try {' },
      {
        file: 'gateway/src/subscriptions/open-stream.ts',
        find: '      if (first?.ok === false) throw refusedWith(first.errors, first.code);',
        replace: '      pipeline.add(subscriber);\n      if (first?.ok === false) throw refusedWith(first.errors, first.code);',
      },
    ],
    checks: [int('gateway/test/streams-order.int.test.ts', 'what happens while the owner answers is held, and comes once')],
  },
  {
    name: 'readiness asks nobody else',
    without: 'one outage empties the fleet',
    edits: [
      {
        file: 'packages/subgraph-kit/src/readiness.ts',
        find: '    return { ready: failures < failuresInARow && !draining(), dependencies',
        replace:
          "    const others = Object.values(sources.others?.() ?? {}).every((state) => state === 'ok');\n    return { ready: others && failures < failuresInARow && !draining(), dependencies",
      },
    ],
    checks: [unit('packages/subgraph-kit/src/readiness.test.ts')],
  },
];
