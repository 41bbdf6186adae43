import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../postgres/open-embedded-postgres.ts';
import { bootstrapDatabase } from './bootstrap.ts';
import { type DatabaseUrls, databaseUrl, databaseUrls, ROLES, type RolePasswords, SCHEMAS } from './roles.ts';

const passwords = Object.fromEntries(ROLES.map((role) => [role, `secret of ${role}: /@%?`])) as Record<keyof RolePasswords, string>;
const dataDir = await mkdtemp(join(tmpdir(), 'tally-bootstrap-'));
let server: EmbeddedPostgres;
let urls: DatabaseUrls;

beforeAll(async () => {
  server = await openEmbeddedPostgres({ dataDir, durable: false });
  urls = databaseUrls(server.adminUrl, passwords);
  await bootstrapDatabase({ adminUrl: server.adminUrl, passwords, ownServer: true });
  for (const schema of SCHEMAS)
    await query(
      urls[schema].owner,
      'CREATE TABLE thing (id bigserial PRIMARY KEY, name text); INSERT INTO thing (name) VALUES ($$first$$)',
    );
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

const DENIED = { code: '42501' };
const READ_ONLY = { code: '25006' };
const NO_LOGIN = { code: '28P01' };

test.for(SCHEMAS)('the app role of %s reads and writes the rows of its schema, unqualified', async (schema) => {
  const rows = await query(urls[schema].app, `INSERT INTO thing (name) VALUES ('second') RETURNING name`);

  expect(rows).toEqual([{ name: 'second' }]);
  await query(urls[schema].app, `UPDATE thing SET name = 'third' WHERE name = 'second'`);
  expect(await query(urls[schema].app, `DELETE FROM thing WHERE name = 'third' RETURNING name`)).toEqual([{ name: 'third' }]);
});

test.for(SCHEMAS)('the app role of %s cannot define anything', async (schema) => {
  for (const definition of [
    'CREATE TABLE mine (id int)',
    'ALTER TABLE thing ADD COLUMN more text',
    'DROP TABLE thing',
    'TRUNCATE thing',
    'CREATE INDEX ON thing (name)',
    'CREATE SCHEMA mine',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE TABLE public.mine (id int)',
    'CREATE DATABASE mine',
    'CREATE ROLE mine',
    'CREATE EXTENSION pg_trgm',
  ]) {
    await expect(query(urls[schema].app, definition), definition).rejects.toMatchObject(DENIED);
  }
});

test.for(SCHEMAS)('neither role of %s reaches another schema', async (schema) => {
  for (const other of SCHEMAS.filter((name) => name !== schema)) {
    for (const url of [urls[schema].app, urls[schema].owner]) {
      await expect(query(url, `SELECT * FROM ${other}.thing`)).rejects.toMatchObject(DENIED);
      await expect(query(url, `INSERT INTO ${other}.thing (name) VALUES ('foreign')`)).rejects.toMatchObject(DENIED);
    }
  }
});

test('no role of ours reaches another database of the server', async () => {
  for (const database of ['postgres', 'template1']) {
    for (const url of [urls.orders.app, urls.orders.owner, urls.auditor]) {
      await expect(query(databaseUrl(url, database), 'SELECT 1')).rejects.toMatchObject(DENIED);
    }
  }
});

test('the auditor reads every schema and writes none', async () => {
  for (const schema of SCHEMAS) {
    expect(await query(urls.auditor, `SELECT name FROM ${schema}.thing WHERE name = 'first'`)).toEqual([{ name: 'first' }]);
    for (const write of [
      `INSERT INTO ${schema}.thing (name) VALUES ('x')`,
      `UPDATE ${schema}.thing SET name = 'x'`,
      `DELETE FROM ${schema}.thing`,
    ]) {
      await expect(query(urls.auditor, write)).rejects.toMatchObject(READ_ONLY);
      // The default only guards against slips; the missing right is what holds.
      await expect(query(urls.auditor, `SET default_transaction_read_only = off; COMMIT; ${write}`)).rejects.toMatchObject(DENIED);
    }
  }
});

test.for(SCHEMAS)('limits hold for the app role of %s, not for its owner', async (schema) => {
  const limits = `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS statement,
    current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`;

  expect(await query(urls[schema].app, limits)).toEqual([{ path: schema, statement: '5s', lock: '2s', idle: '10s' }]);
  expect(await query(urls[schema].owner, limits)).toEqual([{ path: schema, statement: '0', lock: '0', idle: '0' }]);
});

test('an owner may install the trusted extensions of catalogue search', async () => {
  await query(urls.products.owner, 'CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent');

  expect(await query(urls.products.app, `SELECT similarity('mug', 'mugs') >= 0.5 AS alike`)).toEqual([{ alike: true }]);
});

test('a schema that its owner dropped and made again keeps the rights of app and auditor', async () => {
  await using other = await aDatabase();
  await query(other.urls.users.owner, 'DROP SCHEMA users; CREATE SCHEMA users; CREATE TABLE thing (name text)');

  await query(other.urls.users.app, `INSERT INTO thing VALUES ('again')`);

  expect(await query(other.urls.auditor, 'SELECT name FROM users.thing')).toEqual([{ name: 'again' }]);
});

test('a second bootstrap changes nothing but passwords, and withdraws nothing a migration revoked', async () => {
  await using other = await aDatabase();
  await query(
    other.urls.orders.owner,
    'CREATE TABLE ledger (id int); REVOKE DELETE, UPDATE ON ledger FROM orders; INSERT INTO ledger VALUES (1)',
  );
  const changed = { ...passwords, orders: 'another secret' };

  await bootstrapDatabase({ adminUrl: server.adminUrl, database: other.name, passwords: changed });

  await expect(query(other.urls.orders.app, 'SELECT 1')).rejects.toMatchObject(NO_LOGIN);
  const app = databaseUrls(server.adminUrl, changed, other.name).orders.app;
  expect(await query(app, 'SELECT id FROM ledger')).toEqual([{ id: 1 }]);
  await expect(query(app, 'DELETE FROM ledger')).rejects.toMatchObject(DENIED);
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: other.name, passwords });
});

test('bootstraps at the same time do not disturb each other', async () => {
  await using other = await aDatabase();

  await Promise.all(Array.from({ length: 4 }, () => bootstrapDatabase({ adminUrl: server.adminUrl, database: other.name, passwords })));

  expect(await query(other.urls.payments.app, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('owners create databases in development only', async () => {
  const mayCreate = `SELECT rolcreatedb FROM pg_roles WHERE rolname = 'orders_owner'`;
  await bootstrapDatabase({ adminUrl: server.adminUrl, passwords, development: true });
  expect(await query(server.adminUrl, mayCreate)).toEqual([{ rolcreatedb: true }]);

  await bootstrapDatabase({ adminUrl: server.adminUrl, passwords });

  expect(await query(server.adminUrl, mayCreate)).toEqual([{ rolcreatedb: false }]);
});

test('an administrator who is not a superuser is enough', async () => {
  await query(server.adminUrl, `CREATE ROLE managed LOGIN CREATEDB CREATEROLE PASSWORD 'managed'`);
  // The roles are the server's: as on a managed server, this administrator is the one who made them.
  for (const role of ROLES) await query(server.adminUrl, `GRANT ${role} TO managed WITH ADMIN OPTION`);
  const adminUrl = server.adminUrl.replace(/\/\/[^@]+@/, '//managed:managed@').replace(/\/postgres$/, '/managed_shop');

  await query(server.adminUrl, 'GRANT CONNECT ON DATABASE postgres TO managed');
  await bootstrapDatabase({ adminUrl, database: 'managed_shop', passwords });

  const managed = databaseUrls(adminUrl, passwords, 'managed_shop');
  await query(managed.orders.owner, 'CREATE TABLE thing (name text)');
  await query(managed.orders.app, `INSERT INTO thing VALUES ('managed')`);
  expect(await query(managed.auditor, 'SELECT name FROM orders.thing')).toEqual([{ name: 'managed' }]);
});

test.for([
  [
    'a wrong password',
    (url: string) => url.replace(/:[^:@]+@/, ':wrong@'),
    /^PostgreSQL at 127\.0\.0\.1:\d+ refuses the password of "postgres": correct DATABASE_URL\.$/,
  ],
  [
    'a port where nobody listens',
    (url: string) => url.replace(/:\d+\//, ':1/'),
    /^PostgreSQL at 127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED.*\): start it, or correct DATABASE_URL\.$/,
  ],
] as const)('%s is refused in one line without the password', async ([, damage, message]) => {
  const refusal = await bootstrapDatabase({ adminUrl: damage(server.adminUrl), passwords }).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(StartupError);
  expect((refusal as Error).message).toMatch(message);
});

test('an administrator without rights is told which are missing', async () => {
  const refusal = await bootstrapDatabase({ adminUrl: urls.orders.owner, database: 'not_mine', passwords }).catch(
    (error: unknown) => error,
  );

  expect((refusal as Error).message).toMatch(/permission denied.*DATABASE_URL must name a role that may create databases and roles/);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

let databases = 0;

async function aDatabase() {
  const name = `shop_${String(++databases)}`;
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: name, passwords });
  const drop = async (): Promise<void> => {
    await query(server.adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { name, urls: databaseUrls(server.adminUrl, passwords, name), [Symbol.asyncDispose]: drop };
}
