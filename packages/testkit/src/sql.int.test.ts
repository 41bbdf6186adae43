import { expect, test } from 'vitest';
import { cloneDatabase } from './clone-database.ts';
import { openSql } from './sql.ts';

test('sums and counts arrive as numbers', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.auditor);

  expect(await sql.number('SELECT sum(n) FROM generate_series(1, $1::int) AS n', [4])).toBe(10);
});

test('one row is one row: none and two are refused', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.auditor);

  expect(await sql.row('SELECT 1 AS n')).toEqual({ n: 1 });
  await expect(sql.row('SELECT 1 AS n WHERE false')).rejects.toThrow('expected one row, got 0');
  await expect(sql.row('SELECT n FROM generate_series(1, 2) AS n')).rejects.toThrow('expected one row, got 2');
});

test('what is not a number is refused', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.auditor);

  await expect(sql.number(`SELECT 'mug'`)).rejects.toThrow('expected one number, got ["mug"]');
  await expect(sql.number('SELECT NULL')).rejects.toThrow('expected one number, got [null]');
  await expect(sql.number('SELECT 1 AS a, 2 AS b')).rejects.toThrow('expected one number, got [1,2]');
});
