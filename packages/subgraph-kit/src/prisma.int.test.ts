import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { theOrdersTables } from '../test/orders-tables.ts';
import { sqlOf } from './prisma.ts';

test('the tables of the app are found without naming their schema', async () => {
  await using tables = await theOrdersTables();
  expect(await sqlOf(tables.client).rows('SELECT id, value FROM number ORDER BY id')).toEqual([
    { id: 1, value: 0 },
    { id: 2, value: 0 },
  ]);
  expect(await sqlOf(tables.client).count('UPDATE number SET value = $1', [5])).toBe(2);
});

test('every statement is reported in its order, those that begin and end a transaction included', async () => {
  await using tables = await theOrdersTables();

  await tables.client.$transaction(async (tx) => sqlOf(tx).count('UPDATE number SET value = $2 WHERE id = $1', [1, 2]));
  const rolledBack = tables.client.$transaction(async (tx) => {
    await sqlOf(tx).rows('SELECT 1 AS one');
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  await sqlOf(tables.client).rows('SELECT 2 AS two');

  expect(tables.statements).toEqual([
    ...['BEGIN', 'UPDATE number SET value = $2 WHERE id = $1', 'COMMIT'],
    ...['BEGIN', 'SELECT 1 AS one', 'ROLLBACK'],
    'SELECT 2 AS two',
  ]);
});

test('a text is prepared once per connection under the name of its schema; beyond 500 texts none is prepared', async () => {
  await using tables = await theOrdersTables({ maxConnections: 1 });
  const sql = sqlOf(tables.client);
  for (let at = 0; at < 510; at += 1) await sql.rows(`SELECT ${String(at)} AS number`);
  for (let at = 0; at < 20; at += 1) await sql.rows('SELECT 0 AS number');

  const prepared = await sql.rows<{ name: string; statement: string }>('SELECT name, statement FROM pg_prepared_statements');

  expect(prepared).toHaveLength(500);
  expect(prepared.every(({ name }) => /^orders_[0-9a-f]{24}$/.test(name))).toBe(true);
  expect(prepared.filter(({ statement }) => statement === 'SELECT 0 AS number')).toHaveLength(1);
});

test('a connection that breaks while nobody uses it is told and replaced', async () => {
  await using tables = await theOrdersTables({ maxConnections: 1 });
  const sql = sqlOf(tables.client);
  await sql.rows('SELECT 1 AS one');

  expect(await tables.terminate()).toBe(1);
  await eventually(() => tables.idleErrors.length > 0);

  expect(await sql.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a connection that breaks within an idle transaction fails that transaction alone', async () => {
  await using tables = await theOrdersTables({ maxConnections: 1 });
  const sql = sqlOf(tables.client);

  const broken = tables.client.$transaction(async (tx) => {
    await sqlOf(tx).rows('SELECT 1 AS one');
    expect(await tables.terminate()).toBe(1);
    await eventually(
      async () =>
        (await tables.admin.number(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'orders' AND datname = current_database()`)) ===
        0,
    );
    await sqlOf(tx).rows('SELECT 2 AS two');
  });

  await expect(broken).rejects.toThrow();
  expect(await sql.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('whoever gets no connection within two seconds is refused', async () => {
  await using tables = await theOrdersTables({ maxConnections: 1 });
  const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const holder = tables.client.$transaction(async () => {
    held.resolve(undefined);
    await release.promise;
  });
  await held.promise;

  const startedAt = performance.now();
  await expect(sqlOf(tables.client).rows('SELECT 1 AS one')).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  release.resolve(undefined);
  await holder;
});
