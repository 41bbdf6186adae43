import { lockedSequence } from '@tally/events';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { aSubgraph } from '../test/subgraph-world.ts';
import { classifyDatabaseError } from './database-errors.ts';
import { outboxOn } from './outbox.ts';

const anEvent = (key: string, sequence: number) => ({
  id: newId('evt'),
  topic: 'payments.payment.v1',
  type: 'Tested',
  key,
  sequence: lockedSequence(sequence),
  data: { sequence },
});

test('every outbox gives its ids one by one: a connection that kept some for later would order them by connection', async () => {
  await using world = await aSubgraph();

  const caches = await world.admin.rows(
    `SELECT relnamespace::regnamespace::text AS schema, seqcache::int AS cache
     FROM pg_class JOIN pg_sequence ON seqrelid = pg_get_serial_sequence(pg_class.oid::regclass::text, 'id')::regclass WHERE relname = 'outbox' ORDER BY 1`,
  );

  expect(caches).toEqual(['notifications', 'orders', 'payments', 'products', 'users'].map((schema) => ({ schema, cache: 1 })));
});

test('events of one append have ids in their order', async () => {
  await using world = await aSubgraph();
  const keys = Array.from({ length: 40 }, (_, at) => `key-${String(at % 7)}-${String(at)}`);

  await world.transact((sql) => outboxOn(sql).append(...keys.map((key) => anEvent(key, 1))));

  expect((await world.admin.rows('SELECT key FROM payments.outbox ORDER BY id')).map(({ key }) => key)).toEqual(keys);
});

test('a number that a stream has given already ends the transaction: its row was not locked', async () => {
  await using world = await aSubgraph();
  await world.transact((sql) => outboxOn(sql).append(anEvent('a', 1)));

  const again = world.transact(async (sql) => {
    await sql.count(`INSERT INTO effect (key, sequence) VALUES ('a', 1)`);
    await outboxOn(sql).append(anEvent('b', 1), anEvent('a', 1));
  });

  expect(classifyDatabaseError(await again.catch((error: unknown) => error))).toBe('result');
  expect(await world.admin.number('SELECT (SELECT count(*) FROM payments.outbox) + (SELECT count(*) FROM payments.effect)')).toBe(1);
});
