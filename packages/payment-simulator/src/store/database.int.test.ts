import { cloneDatabase, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';

test('a transaction whose connection is terminated between two statements fails, and the next one works', async () => {
  await using clone = await cloneDatabase();
  await using db = openDatabase(clone.urls.simulator.app, () => undefined);
  await using administrator = await openSql(clone.urls.simulator.app);

  const cut = db.transact(async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await administrator.execute('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await tx.query('SELECT 1');
  });

  await expect(cut).rejects.toBeInstanceOf(Error);
  const { rows } = await db.transact((tx) => tx.query<{ one: number }>('SELECT 1 AS one'));
  expect(rows).toEqual([{ one: 1 }]);
});
