import { expect, test } from 'vitest';
import { cloneDatabase } from './clone-database.ts';
import { openSql } from './sql.ts';

test('rows of one clone do not exist in another', async () => {
  await using one = await cloneDatabase();
  await using other = await cloneDatabase();
  await using oneSql = await openSql(one.urls.simulator.owner);
  await using otherSql = await openSql(other.urls.simulator.owner);

  await oneSql.execute('CREATE TABLE only_here AS SELECT 1 AS n');

  expect(await oneSql.number('SELECT count(*) FROM only_here')).toBe(1);
  await expect(otherSql.rows('SELECT * FROM only_here')).rejects.toMatchObject({ code: '42P01' });
});

test('a disposed clone is gone, sessions that are still open with it', async () => {
  await using left = await cloneDatabase();
  const { name, urls } = await (async () => {
    await using clone = await cloneDatabase();
    const held = await openSql(clone.urls.orders.app);
    await held.rows('SELECT 1');
    return clone;
  })();

  await using admin = await openSql(left.adminUrl);
  expect(await admin.number('SELECT count(*) FROM pg_database WHERE datname = $1', [name])).toBe(0);
  await expect(openSql(urls.orders.app)).rejects.toMatchObject({ code: '3D000' });
});

test('twelve clones are made side by side', async () => {
  const clones = await Promise.all(Array.from({ length: 12 }, () => cloneDatabase()));

  expect(new Set(clones.map(({ name }) => name)).size).toBe(12);

  await Promise.all(clones.map((clone) => clone[Symbol.asyncDispose]()));
});

test('roles keep their limits and their search path in a clone', async () => {
  await using clone = await cloneDatabase();
  await using app = await openSql(clone.urls.orders.app);

  const limits = await app.row(
    `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
  );

  expect(limits).toEqual({ path: 'orders', statement: '5s', lock: '2s' });
});

test('a clone has the migrated tables, and its app roles may write their rows', async () => {
  await using clone = await cloneDatabase();
  await using app = await openSql(clone.urls.simulator.app);

  const tables = await app.number(`SELECT count(*) FROM pg_tables WHERE schemaname = 'simulator' AND tablename <> '_prisma_migrations'`);

  expect(tables).toBeGreaterThan(0);
  expect(
    await app.number(
      `SELECT count(*) FROM pg_tables WHERE schemaname = 'simulator' AND tablename <> '_prisma_migrations' AND has_table_privilege(schemaname || '.' || tablename, 'INSERT')`,
    ),
  ).toBe(tables);
});

test('an owner may make schemas in a clone, an app role may not', async () => {
  await using clone = await cloneDatabase();
  await using owner = await openSql(clone.urls.orders.owner);
  await using app = await openSql(clone.urls.orders.app);

  await owner.execute('CREATE SCHEMA scratch');

  await expect(app.execute('CREATE SCHEMA scratch_of_app')).rejects.toMatchObject({ code: '42501' });
});
