import { cloneDatabase, eventually, openSql, startFaultProxy } from '@tally/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openConnection, openPool } from './connection.ts';
import { classifyDatabaseError } from './database-errors.ts';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

/** Two connections to one database with a table of two rows. */
async function aTable() {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  await admin.rows('CREATE TABLE item (id int PRIMARY KEY, amount int CHECK (amount >= 0))');
  await admin.rows('INSERT INTO item VALUES (1, 10), (2, 10)');
  const open = async () => stack.adopt(await openConnection(database.adminUrl, 'test'), (client) => client.end());
  const [one, two] = [await open(), await open()];
  const owned = stack.move();
  return { database, admin, one, two, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test('a serialisation failure and one at COMMIT are tried again', async () => {
  await using given = await aTable();
  for (const client of [given.one, given.two]) await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  for (const client of [given.one, given.two]) await client.query('SELECT sum(amount) FROM item');
  await given.one.query('UPDATE item SET amount = 1 WHERE id = 1');
  await given.two.query('UPDATE item SET amount = 1 WHERE id = 2');
  await given.one.query('COMMIT');

  expect(classifyDatabaseError(await failureOf(given.two.query('COMMIT')))).toBe('retry');
});

test('a deadlock is tried again', async () => {
  await using given = await aTable();
  await given.one.query('BEGIN; UPDATE item SET amount = 1 WHERE id = 1');
  await given.two.query('BEGIN; UPDATE item SET amount = 1 WHERE id = 2');
  const crossing = [given.one.query('UPDATE item SET amount = 2 WHERE id = 2'), given.two.query('UPDATE item SET amount = 2 WHERE id = 1')];
  const outcomes = await Promise.allSettled(crossing);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');

  expect(classifyDatabaseError(failed?.reason)).toBe('retry');
});

test('a unique violation is a result, a failed check and what follows it are faults', async () => {
  await using given = await aTable();
  await given.one.query('BEGIN');

  expect(classifyDatabaseError(await failureOf(given.one.query('INSERT INTO item VALUES (1, 1)')))).toBe('result');
  expect(classifyDatabaseError(await failureOf(given.one.query('SELECT 1')))).toBe('fault');
  expect(classifyDatabaseError(await failureOf(given.two.query('UPDATE item SET amount = -1')))).toBe('fault');
});

test('a lock waited for too long means busy, a cancelled statement is a fault', async () => {
  await using given = await aTable();
  await given.one.query('BEGIN; UPDATE item SET amount = 1 WHERE id = 1');
  await given.two.query(`SET lock_timeout = '20ms'`);
  expect(classifyDatabaseError(await failureOf(given.two.query('UPDATE item SET amount = 2 WHERE id = 1')))).toBe('busy');

  await given.two.query(`SET statement_timeout = '20ms'`);
  expect(classifyDatabaseError(await failureOf(given.two.query('SELECT pg_sleep(5)')))).toBe('fault');
});

test('a terminated backend, during a statement and between two, asks for a new connection', async () => {
  await using given = await aTable();
  const pid = async (client: pg.Client) => (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  const [first, second] = [await pid(given.one), await pid(given.two)];

  const sleeping = failureOf(given.one.query('SELECT pg_sleep(5)'));
  await eventually(
    async () => (await given.admin.number(`SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`, [first])) === 1,
  );
  await given.admin.rows('SELECT pg_terminate_backend($1::int)', [first]);
  expect(classifyDatabaseError(await sleeping)).toBe('reconnect');

  const ended = new Promise((resolve) => given.two.once('end', resolve));
  await given.admin.rows('SELECT pg_terminate_backend($1::int)', [second]);
  await ended;
  expect(classifyDatabaseError(await failureOf(given.two.query('SELECT 1')))).toBe('reconnect');
});

test('a server that cannot be reached, or goes away silently, asks for a new connection', async () => {
  await using given = await aTable();
  await using proxy = await startFaultProxy(given.database.adminUrl);
  const client = await openConnection(proxy.through(given.database.adminUrl), 'test');
  const sleeping = failureOf(client.query('SELECT pg_sleep(5)'));
  proxy.cut();

  expect(classifyDatabaseError(await sleeping)).toBe('reconnect');
  expect(classifyDatabaseError(await failureOf(openConnection('postgresql://a@127.0.0.1:1/b', 'test')))).toBe('reconnect');
  expect(classifyDatabaseError(await failureOf(openConnection('postgresql://a@nowhere.invalid/b', 'test')))).toBe('reconnect');
});

test('an exhausted pool and a full server shed work', async () => {
  await using given = await aTable();
  const pool = new pg.Pool({ connectionString: given.database.adminUrl, max: 1, connectionTimeoutMillis: 20 });
  const held = await pool.connect();
  expect(classifyDatabaseError(await failureOf(pool.query('SELECT 1')))).toBe('shed');
  held.release();
  await pool.end();

  await given.admin.rows(`CREATE ROLE crowded_${given.database.name} LOGIN PASSWORD 'x' CONNECTION LIMIT 0`);
  const url = new URL(given.database.adminUrl);
  url.username = `crowded_${given.database.name}`;
  url.password = 'x';
  const crowded = openPool(url.href, 'test', 1);
  expect(classifyDatabaseError(await failureOf(crowded.query('SELECT 1')))).toBe('shed');
  await crowded.end();
  await given.admin.rows(`DROP ROLE crowded_${given.database.name}`);
});
