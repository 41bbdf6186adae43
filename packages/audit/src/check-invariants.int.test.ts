import { newId, toUuid } from '@tally/kernel';
import { createPostgresEventLog, openWakeChannel, startRelay } from '@tally/messaging';
import { topics, topicOf, type Topic } from '@tally/events';
import { cloneDatabase, openSql } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { theAuditedDatabase, type AuditedDatabase } from '../test/audited-database.ts';
import type { DumpedRecord } from './log-tables.ts';
import { checkInvariants, toText, type LedgerLine } from './index.ts';

const only = (id: string, text: RegExp) => ({ [id]: [expect.stringMatching(text) as string] });

test('an order that is sold, paid and told leaves every invariant standing, and all of it is looked at', async () => {
  await using world = await theAuditedDatabase();
  const findings = await world.findings({ acknowledged: [{ id: world.order, total: 2_500 }] });

  expect(findings.map(({ id, checked, violations }) => [id, checked, violations])).toEqual([
    ['I1', 1, []],
    ['I2', 1, []],
    ['I3', 1, []],
    ['I4', 1, []],
    ['I5', 1, []],
    ['I6', 1, []],
    ['I7', 21, []],
    ['I8', 21, []],
    ['I9', 9, []],
    ['I10', 1, []],
  ]);
});

test('the seed, published by the relays, leaves every invariant standing, and all of it is looked at', async () => {
  await using database = await cloneDatabase({ from: 'seeded' });
  await using sql = await openSql(database.urls.auditor);
  const count = (from: string) => sql.number(`SELECT count(*) FROM ${from}`);
  const nothing = () => undefined;
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  await using log = createPostgresEventLog({
    databaseUrl: database.urls.event_log.app,
    topics: (Object.keys(topics) as Topic[]).map(topicOf),
    logger,
    wake: 'process',
  });
  for (const name of ['products', 'users'] as const) {
    const databaseUrl = database.urls[name].app;
    await using wake = await openWakeChannel({ databaseUrl, channel: name, remote: false, logger });
    await using relay = await startRelay({ databaseUrl, name, log, wake, logger });
    await relay.drained();
  }

  const findings = await checkInvariants({ auditorUrl: database.urls.auditor, ledger: [] });

  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
  const events = (await count('products.outbox')) + (await count('users.outbox'));
  expect(events).toBeGreaterThan(100);
  expect(Object.fromEntries(findings.map(({ id, checked }) => [id, checked]))).toEqual({
    ...{ I1: 0, I2: 0, I5: 0, I6: 0, I10: 0 },
    ...{ I3: await count('products.stock'), I4: await count('products.stock') },
    ...{ I7: events, I8: events, I9: await count('(SELECT DISTINCT topic, key FROM event_log.record) stream') },
  });
});

describe('I1 money', () => {
  const without = (world: AuditedDatabase, operation: string): readonly LedgerLine[] =>
    world.ledger.filter((line) => line.operation !== operation);
  const more = (world: AuditedDatabase, line: Partial<LedgerLine>): readonly LedgerLine[] => [
    ...world.ledger,
    { ...world.ledger[0]!, ...line },
  ];

  test('that the provider never got is missed', async () => {
    await using world = await theAuditedDatabase();
    const { I1 } = await world.violations({ ledger: without(world, 'capture') });
    expect(I1).toEqual([
      `${world.order} PROCESSING: the provider holds 0, owed are 2500`,
      `${world.order} PROCESSING: authorisation auth_1 is still open`,
      `${world.order}: payments has 2500 captured and 0 refunded, the provider 0 and 0`,
    ]);
  });

  test('that was held a second time and never let go is found, whether granted at once or approved by the buyer', async () => {
    await using world = await theAuditedDatabase();
    for (const operation of ['authorise', 'approve']) {
      const held = more(world, { operation, authorisation: 'auth_2' });
      expect(await world.violations({ ledger: held })).toEqual(only('I1', /authorisation auth_2 is still open/));
      for (const end of ['void', 'expire']) {
        expect(await world.violations({ ledger: [...held, { ...held[0]!, operation: end, authorisation: 'auth_2' }] })).toEqual({});
      }
    }
    expect(await world.violations({ ledger: more(world, { operation: 'void', authorisation: 'auth_1', outcome: 'refused' }) })).toEqual({});
  });

  test('of an order that is no sale is found', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`UPDATE orders.orders SET status = 'CANCELLED'`);
    expect((await world.violations())['I1']).toEqual([`${world.order} CANCELLED: the provider holds 2500, owed are 0`]);
  });

  test('that went back is not owed if payments has recorded it, and found if not', async () => {
    await using world = await theAuditedDatabase();
    const ledger = more(world, { operation: 'refund', amount: 400 });
    expect((await world.violations({ ledger }))['I1']).toHaveLength(2);

    await world.sql.rows('UPDATE payments.payment SET refunded = 400');
    await world.sql.rows(
      `INSERT INTO payments.refund (id, payment_id, status, amount, reason) SELECT $1, id, 'SUCCEEDED', 400, 'x' FROM payments.payment`,
      [toUuid(newId('ref'))],
    );
    expect(await world.violations({ ledger })).toEqual({});
  });

  test('of an order that nobody knows is found, at the provider and in payments', async () => {
    await using world = await theAuditedDatabase();
    const stranger = newId('ord');
    const { I1 } = await world.violations({ ledger: more(world, { operation: 'capture', order: stranger, amount: 1 }) });
    expect(I1).toContain(`${stranger}: the provider knows it, orders does not`);

    await world.sql.rows('UPDATE payments.payment SET order_id = $1', [toUuid(stranger)]);
    expect((await world.violations())['I1']).toContain(`${stranger}: payments knows it, orders does not`);
  });
});

describe('I2 one charge', () => {
  test('two captures of one order are found', async () => {
    await using world = await theAuditedDatabase();
    const { I2 } = await world.violations({ ledger: [...world.ledger, ...world.ledger] });
    expect(I2).toEqual([`${world.order}: captured 2 times`]);
  });

  test('two orders under one key are found', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows('DROP INDEX orders.orders_buyer_id_client_key_key');
    await world.sql.rows(
      `INSERT INTO orders.orders (id, buyer_id, saga_id, status, currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint)
       SELECT $1, buyer_id, $2, 'REJECTED', currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint FROM orders.orders`,
      [toUuid(newId('ord')), toUuid(newId('saga'))],
    );
    expect((await world.violations())['I2']).toEqual([`${world.buyer}: one key, 2 orders`]);
  });
});

describe('I3 no oversell', () => {
  test('stock below zero is found', async () => {
    await using world = await theAuditedDatabase();
    await world.sql
      .rows(`DO $$ DECLARE name text; BEGIN FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'products.stock'::regclass AND contype = 'c'
      LOOP EXECUTE format('ALTER TABLE products.stock DROP CONSTRAINT %I', name); END LOOP; END $$`);
    await world.sql.rows('UPDATE products.stock SET available = -1');
    expect((await world.violations())['I3']).toEqual([`${world.variant}: -1 available, 0 reserved, 0 at its lowest`]);
  });

  test('stock that was below zero once is found in the ledger, although it has recovered', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`INSERT INTO products.stock_movement (variant_id, version, kind, quantity)
      VALUES ('${toUuid(world.variant)}', 4, 'ADJUSTED', -9), ('${toUuid(world.variant)}', 5, 'ADJUSTED', 9)`);
    await world.sql.rows('UPDATE products.stock SET version = 5');
    expect((await world.violations())['I3']).toEqual([`${world.variant}: 8 available, 0 reserved, -1 at its lowest`]);
  });
});

describe('I4 no leak', () => {
  test.each([
    [
      'a unit that went without a movement',
      'UPDATE products.stock SET available = available - 1',
      /7 \+ 0 at version 3, movements say 8 \+ 0 after 3/,
    ],
    [
      'a movement that is missing',
      'DELETE FROM products.stock_movement WHERE version = 3',
      /8 \+ 0 at version 3, movements say 8 \+ 2 after 2/,
    ],
    ['movements without a stock row', 'DELETE FROM products.stock', /null \+ null at version null/],
    ['a claim on other units than were ordered', 'UPDATE products.reservation SET quantity = 3', /2 of var_\w+ ordered, 3 claimed/],
    ['a line that was never claimed', 'DELETE FROM products.reservation', /2 of var_\w+ ordered, 0 claimed/],
    ['a sale without a claim', 'DELETE FROM products.reservation; DELETE FROM products.stock_claim', /PROCESSING, its claim is not there/],
    ['a sale whose claim was released', `UPDATE products.stock_claim SET state = 'RELEASED'`, /PROCESSING, its claim RELEASED/],
    [
      'a claim of an order that does not exist',
      `UPDATE products.stock_claim SET order_id = gen_random_uuid()`,
      /not there, its claim COMMITTED/,
    ],
    ['a claim that outlives its order', `UPDATE orders.orders SET status = 'CANCELLED'`, /CANCELLED, its claim COMMITTED/],
  ])('%s is found', async (_, plant, text) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(plant);
    expect((await world.violations())['I4']?.join('\n')).toMatch(text);
  });

  const reserved = `UPDATE products.stock SET reserved = 2, version = 2; DELETE FROM products.stock_movement WHERE version = 3;
    UPDATE products.stock_claim SET state = 'RESERVED'`;

  test.each(['CONFIRMED', 'PROCESSING', 'STOCK_RESERVED'])(
    'a claim may still be RESERVED while the saga of a %s order is under way',
    async (status) => {
      await using world = await theAuditedDatabase();
      await world.sql.rows(
        `${reserved}; UPDATE orders.orders SET status = '${status}'; UPDATE orders.saga SET step = 'COMPLETE', outcome = NULL`,
      );
      expect((await world.violations())['I4']).toBeUndefined();
    },
  );

  test('a claim that is RESERVED once the saga has ended is found', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(reserved);
    expect((await world.violations())['I4']).toEqual([`${world.order} is PROCESSING, its claim RESERVED`]);
  });

  test('units reserved for nobody are found', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`${reserved}; UPDATE products.stock_claim SET state = 'COMMITTED'`);
    expect((await world.violations())['I4']).toEqual([`${world.variant}: 2 reserved, claims hold 0`]);
  });
});

describe('I5 terminal', () => {
  test.each([
    ['a saga under way', `UPDATE orders.saga SET step = 'COMPLETE', outcome = NULL`, /its saga stands at COMPLETE/],
    ['an order without a saga', 'DELETE FROM orders.saga', /it has no saga/],
    ['an order that contradicts its saga', `UPDATE orders.orders SET status = 'CONFIRMED'`, /it is CONFIRMED and its saga ended as SOLD/],
    ['a saga that ended as nothing', `UPDATE orders.saga SET outcome = NULL`, /its saga ended as nothing/],
    [
      'a command without an answer',
      `UPDATE orders.saga_command SET answered_at = NULL WHERE type = 'CommitStock'`,
      /CommitStock has no answer/,
    ],
    [
      'work that is open at the provider',
      `UPDATE payments.payment_operation SET state = 'ENQUIRE', done_at = NULL WHERE operation = 'CAPTURE'`,
      /CAPTURE at the provider is ENQUIRE/,
    ],
    [
      'a call that was never recorded',
      `UPDATE payments.payment_attempt SET outcome = 'STARTED' WHERE number = 2`,
      /attempt 2 at the provider was never recorded/,
    ],
    ['a payment in doubt', `UPDATE payments.payment SET status = 'IN_DOUBT'`, /its payment is IN_DOUBT/],
  ])('%s is found', async (_, plant, text) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(plant);
    const { I5 } = await world.violations();
    expect(I5).toEqual([expect.stringMatching(text)]);
    expect(I5?.[0]).toContain(world.order);
  });

  test.each(['orders.saga SET needs_attention = true,', 'payments.payment SET'])(
    'an order that needs a person is found unless it is expected to: %s',
    async (where) => {
      await using world = await theAuditedDatabase();
      await world.sql.rows(`UPDATE ${where} attention = 'refund failed'`);
      expect(await world.violations()).toEqual({ I5: [`${world.order} needs attention: refund failed`] });
      expect(await world.violations({ expectedAttention: [world.order] })).toEqual({});
    },
  );
});

test('I6 an order that a client was told of and that is gone, or costs something else, is found', async () => {
  await using world = await theAuditedDatabase();
  const gone = newId('ord');
  expect(
    await world.violations({
      acknowledged: [
        { id: gone, total: 1 },
        { id: world.order, total: 2_499 },
      ],
    }),
  ).toEqual({ I6: [`${gone}: told to a client, not in the database`, `${world.order}: the client was told 2499, kept are 2500`] });
});

describe('I10 told', () => {
  test.each([
    ['a confirmed order without a mail', `DELETE FROM notifications.notification`, /is confirmed and has no mail/],
    [
      'a mail for an order that was never confirmed',
      `UPDATE orders.order_event SET status = 'STOCK_RESERVED' WHERE status = 'CONFIRMED'`,
      /was never confirmed and has a mail/,
    ],
    [
      'two confirmations under one Message-ID',
      `INSERT INTO notifications.notification (id, event_id, channel, user_id, order_id, template, subject, text, html, status, attempts, sent_at, give_up_at, message_id, sequence)
       SELECT gen_random_uuid(), gen_random_uuid(), channel, user_id, order_id, template, '', '', '', status, attempts, sent_at, give_up_at, message_id, 2 FROM notifications.notification`,
      /has 2 mails/,
    ],
  ])('%s is found', async (_, change, text) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(change);
    expect(await world.violations()).toMatchObject({ I10: expect.arrayContaining([expect.stringMatching(text)]) as string[] });
  });
});

const last = (topic: string) => `topic = '${topic}' AND sequence = (SELECT max(sequence) FROM event_log.record WHERE topic = '${topic}')`;

describe('I7 no lost event', () => {
  test.each([
    [
      'an event that is not published',
      `UPDATE orders.outbox SET published_at = NULL WHERE topic = 'orders.order.v1' AND sequence = 4`,
      /of orders on orders\.order\.v1 .* is not published/,
    ],
    [
      'an event that is parked',
      `UPDATE orders.outbox SET published_at = NULL, parked_at = now() WHERE topic = 'orders.order.v1' AND sequence = 4`,
      /is parked in the outbox/,
    ],
    [
      'an event that never reached the log',
      `DELETE FROM event_log.record WHERE ${last('orders.buyer.v1')}`,
      /of orders on orders\.buyer\.v1 .* published and not in the log/,
    ],
    [
      'the newest state that never reached the log',
      `DELETE FROM event_log.record WHERE ${last('products.level.v1')}`,
      /of products on products\.level\.v1 .* not in the log/,
    ],
    [
      'an event that its reader has not seen',
      `DELETE FROM orders.inbox WHERE event_id = (SELECT event_id FROM event_log.record WHERE ${last('payments.payment.v1')})`,
      /on payments\.payment\.v1 .*: orders has not handled it/,
    ],
    [
      'an event that its reader has given up',
      `UPDATE products.inbox SET state = 'PARKED' WHERE event_id = (SELECT event_id FROM event_log.record WHERE ${last('products.commands.v1')})`,
      /on products\.commands\.v1 .*: products has not handled it/,
    ],
    [
      'an event that another consumer has seen',
      `UPDATE payments.inbox SET consumer = 'other' WHERE event_id = (SELECT event_id FROM event_log.record WHERE ${last('payments.commands.v1')})`,
      /payments has not handled it/,
    ],
    [
      'a key that is parked',
      `INSERT INTO orders.parked_key (consumer, topic, key, parked_at) VALUES ('orders-prices', 'products.catalogue.v1', 'prod_1', now())`,
      /^products\.catalogue\.v1 prod_1 is parked by orders-prices$/,
    ],
  ])('%s is found', async (_, plant, text) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(plant);
    expect((await world.violations())['I7']).toEqual([expect.stringMatching(text)]);
  });

  test.each([
    'products.catalogue.v1',
    'products.level.v1',
    'products.stock.v1',
    'products.commands.v1',
    'payments.commands.v1',
    'payments.payment.v1',
    'orders.order.v1',
    'orders.buyer.v1',
  ])('a change that nobody was told of is found: %s', async (topic) => {
    await using world = await theAuditedDatabase();
    const owner = topic === 'products.commands.v1' || topic === 'payments.commands.v1' ? 'orders' : topic.split('.', 1)[0];
    const lost = await world.sql.row(`SELECT event_id, sequence FROM event_log.record WHERE ${last(topic)}`);
    await world.sql.rows('DELETE FROM event_log.record WHERE event_id = $1', [lost['event_id']]);
    await world.sql.rows(`DELETE FROM ${String(owner)}.outbox WHERE event_id = $1`, [lost['event_id']]);
    const I7 = new Set((await world.violations())['I7']);
    expect([...I7]).toEqual([expect.stringMatching(`^${topic} \\w+: change ${String(lost['sequence'])} has no event$`)]);
  });

  test('a key that was parked once and is not any more is fine', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(
      `INSERT INTO orders.parked_key (consumer, topic, key, letters) VALUES ('orders', 'products.stock.v1', '${world.order}', 3)`,
    );
    expect(await world.violations()).toEqual({});
  });

  test('a state that a newer one replaced may be gone from the log', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`DELETE FROM event_log.record WHERE topic = 'products.level.v1' AND sequence < 3`);
    expect(await world.violations()).toEqual({});
  });
});

describe('I8 no phantom', () => {
  test('a record that nobody wrote to an outbox is found, and one that differs from its row', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(
      `UPDATE event_log.record SET event_id = gen_random_uuid() WHERE ${last('users.user.v1')} OR ${last('orders.buyer.v1')}`,
    );
    expect((await world.violations())['I8']).toEqual([
      expect.stringMatching(/^evt_\w{32} on orders\.buyer\.v1 for usr_\w+ has no outbox row$/),
    ]);
    await world.sql.rows(`UPDATE event_log.record SET key = 'ord_other' WHERE ${last('orders.order.v1')}`);
    expect((await world.violations())['I8']).toHaveLength(2);
  });

  test('a record whose row was deleted a day after its publication is fine', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`UPDATE event_log.record SET appended_at = now() - interval '25 hours'`);
    for (const schema of ['orders', 'products', 'payments']) await world.sql.rows(`DELETE FROM ${schema}.outbox`);
    const findings = await world.findings();
    expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
    expect(findings.find(({ id }) => id === 'I8')?.checked).toBe(0);
  });
});

describe('I9 order', () => {
  const swap = `UPDATE event_log.record SET position = 5 - position WHERE topic = 'orders.order.v1'`;
  test.each([
    [
      'events in another order',
      `UPDATE event_log.record SET position = position + 100 WHERE topic = 'orders.order.v1'; ${swap.replace('5 -', '105 -')}`,
      [/: 4 comes first/, /: 3 after 4/, /: 2 after 3/, /: 1 after 2/],
    ],
    ['a hole', `DELETE FROM event_log.record WHERE topic = 'orders.order.v1' AND sequence = 3`, [/: 4 after 2/]],
    ['a missing beginning', `DELETE FROM event_log.record WHERE topic = 'orders.order.v1' AND sequence = 1`, [/: 2 comes first/]],
    [
      'two events with one number',
      `UPDATE event_log.record SET sequence = 3 WHERE topic = 'orders.order.v1' AND sequence = 4`,
      [/: 3 after 3/],
    ],
    [
      'a state that goes back',
      `UPDATE event_log.record SET position = 99 WHERE topic = 'products.level.v1' AND sequence = 1`,
      [/products\.level\.v1 var_\w+: 1 after 3/],
    ],
  ])('%s is found', async (_, plant, texts) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(plant);
    expect((await world.violations())['I9']).toEqual(expect.arrayContaining(texts.map((text) => expect.stringMatching(text) as string)));
  });

  test('a repeat is legal, and so is a beginning that retention took', async () => {
    await using world = await theAuditedDatabase();
    await world.sql
      .rows(`INSERT INTO event_log.record SELECT topic, partition, position + 50, key, event_id, type, sequence, time, traceparent, tracestate, payload, appended_at
      FROM event_log.record WHERE topic = 'orders.buyer.v1' AND sequence < 3`);
    expect(await world.violations()).toEqual({});

    await world.sql.rows(`DELETE FROM event_log.record WHERE topic = 'orders.buyer.v1' AND sequence = 1`);
    await world.sql.rows(`INSERT INTO event_log.partition (topic, partition, trimmed_through) VALUES ('orders.buyer.v1', 0, 1)
      ON CONFLICT (topic, partition) DO UPDATE SET trimmed_through = 1`);
    expect((await world.violations())['I9']).toBeUndefined();
  });
});

test('the audit reads as a role that cannot write', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.auditor);
  await expect(sql.rows('DELETE FROM orders.orders')).rejects.toMatchObject({ code: '25006' });
  await expect(sql.rows('SELECT count(*) FROM orders.orders')).resolves.toBeDefined();
});

test('findings read as a table, offenders below their line, ten at most', () => {
  const text = toText([
    { id: 'I1', title: 'money', checked: 3, violations: [] },
    { id: 'I2', title: 'one charge', checked: 12, violations: Array.from({ length: 12 }, (_, at) => `offender ${String(at)}`) },
  ]);
  expect(text.split('\n')).toEqual([
    'I1   holds           3  money',
    'I2   VIOLATED       12  one charge',
    ...Array.from({ length: 10 }, (_, at) => `      offender ${String(at)}`),
    '      and 2 more',
    '',
  ]);
});

describe('a log that is elsewhere', () => {
  /** What the log of the audited database holds, and then no longer does; counted from 0 in each partition. */
  async function takenAway(world: AuditedDatabase): Promise<DumpedRecord[]> {
    const rows = await world.sql
      .rows(`SELECT topic, partition, key, event_id AS "eventId", type, sequence::int AS sequence, appended_at AS time,
      row_number() OVER (PARTITION BY topic, partition ORDER BY position)::int - 1 AS position FROM event_log.record`);
    await world.sql.rows('DELETE FROM event_log.record');
    return rows as unknown as DumpedRecord[];
  }

  test('is audited by its dump', async () => {
    await using world = await theAuditedDatabase();
    const log = await takenAway(world);

    expect((await world.violations())['I7']).not.toEqual([]);
    expect(Object.values(await world.violations({ log })).flat()).toEqual([]);
  });

  test.each([
    ['I7', 'a record that is missing', (log: DumpedRecord[]) => log.filter(({ topic }) => topic !== 'orders.buyer.v1'), /not in the log/],
    [
      'I8',
      'a record that nobody wrote',
      (log: DumpedRecord[]) => [...log, { ...log[0]!, position: 999, key: 'ord_x', eventId: '00000000-0000-7000-8000-000000000000' }],
      /has no outbox row/,
    ],
    [
      'I9',
      'records that changed places',
      (log: DumpedRecord[]) =>
        log.map((record) => ({ ...record, position: record.topic === 'orders.order.v1' ? 99 - record.position : record.position })),
      /^orders\.order\.v1/,
    ],
  ] as const)('%s finds %s in it', async (id, _, change, text) => {
    await using world = await theAuditedDatabase();
    const log = await takenAway(world);

    expect((await world.violations({ log: change(log) }))[id]).toContainEqual(expect.stringMatching(text));
  });

  test('has lost its beginning where the first record of a partition is not the first one ever', async () => {
    await using world = await theAuditedDatabase();
    const trimmed = (await takenAway(world)).filter(({ topic, sequence }) => topic !== 'orders.order.v1' || sequence > 1);
    const log = trimmed.map((record) => ({
      ...record,
      position: record.topic === 'orders.order.v1' ? record.position - 1 : record.position,
    }));

    expect(await world.violations({ log })).toHaveProperty('I9');
    expect(await world.violations({ log: trimmed })).not.toHaveProperty('I9');
  });
});

describe('a live system', () => {
  const graceMs = 60_000;
  const older = (world: AuditedDatabase, ...tables: readonly string[]) =>
    Promise.all(tables.map((name) => world.sql.rows(`UPDATE ${name} SET updated_at = now() - interval '2 minutes'`)));
  const asleep = (world: AuditedDatabase) => older(world, 'orders.saga', 'orders.orders', 'payments.payment', 'products.stock_claim');

  test.each([
    ['I1', `UPDATE payments.payment SET captured = 0, status = 'AUTHORISED'`],
    ['I4', `UPDATE products.stock_claim SET state = 'RELEASED'`],
    ['I5', `UPDATE orders.saga SET step = 'CANCELLING', outcome = 'CANCELLED', captured = false, committed = false`],
    ['I5', `UPDATE payments.payment_operation SET state = 'ENQUIRE', done_at = NULL WHERE operation = 'CAPTURE'`],
  ])('is not blamed for %s of an order that has just changed, but for one that has not', async (id, change) => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(change);
    expect(await world.violations({ graceMs })).not.toHaveProperty(id);
    await asleep(world);
    expect(await world.violations({ graceMs })).toHaveProperty(id);
  });

  test('is not blamed for an order whose step has time left, but for one past it and for one that waits for a person', async () => {
    await using world = await theAuditedDatabase();
    const step = `UPDATE orders.saga SET step = 'AUTHORISE', outcome = NULL, captured = false, committed = false, deadline_at = now() + interval`;
    await world.sql.rows(`${step} '20 minutes'`);
    await asleep(world);
    expect(await world.violations({ graceMs })).not.toHaveProperty('I5');
    await world.sql.rows(`${step} '-2 minutes'`);
    expect(await world.violations({ graceMs })).toHaveProperty('I5');
    await world.sql.rows(`${step} '20 minutes', needs_attention = true, attention = 'x'`);
    expect(await world.violations({ graceMs })).toHaveProperty('I5');
  });

  test('is not blamed for an event that is on its way, but for one that has been for long, and for one that is parked', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows(`DELETE FROM event_log.record WHERE topic = 'products.stock.v1' AND sequence = 2`);
    await world.sql.rows(`UPDATE products.outbox SET published_at = NULL WHERE topic = 'products.stock.v1' AND sequence = 2`);
    await world.sql.rows(
      `DELETE FROM orders.inbox WHERE event_id IN (SELECT event_id FROM event_log.record WHERE topic = 'payments.payment.v1')`,
    );
    expect(await world.violations({ graceMs })).not.toHaveProperty('I7');

    await world.sql.rows(`UPDATE products.outbox SET parked_at = now() WHERE published_at IS NULL`);
    expect(await world.violations({ graceMs })).toEqual(only('I7', /is parked in the outbox/));
    await world.sql.rows(
      `UPDATE products.outbox SET parked_at = NULL, created_at = now() - interval '2 minutes' WHERE published_at IS NULL`,
    );
    await world.sql.rows(`UPDATE event_log.record SET appended_at = now() - interval '2 minutes'`);
    expect((await world.violations({ graceMs }))['I7']).toHaveLength(3);
  });

  test('is not blamed for a mail that is about to be written', async () => {
    await using world = await theAuditedDatabase();
    await world.sql.rows('DELETE FROM notifications.notification');
    expect(await world.violations({ graceMs })).not.toHaveProperty('I10');
    await world.sql.rows(`UPDATE orders.order_event SET occurred_at = now() - interval '2 minutes'`);
    expect(await world.violations({ graceMs })).toHaveProperty('I10');
  });

  test('is blamed for two captures at once', async () => {
    await using world = await theAuditedDatabase();
    expect(await world.violations({ graceMs, ledger: [...world.ledger, ...world.ledger] })).toHaveProperty('I2');
  });
});

test('without the provider’s books money is not called right', async () => {
  await using world = await theAuditedDatabase();
  const findings = await world.findings({ ledger: null });
  const [money, charge] = findings;
  expect([money, charge]).toMatchObject([
    { id: 'I1', notChecked: expect.stringContaining('provider') as string, violations: [] },
    { id: 'I2', notChecked: expect.stringContaining('provider') as string, violations: [] },
  ]);
  expect(toText(findings)).toMatch(/^I1 {3}unknown .*\n {6}not checked: the provider/);
});
