import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { bootstrapDatabase, openEmbeddedPostgres, openSecrets } from '@tally/embedded';
import { cloneDatabase } from '@tally/testkit';
import { expect, test } from 'vitest';
import { freePort, type MainFile } from '../src/topologies/app-process.ts';
import { keySetIn, refusal, temporaryFolder } from './refusal.ts';

const platform: MainFile = 'packages/embedded/src/main.ts';

test('an unreachable database ends the start of an app', async () => {
  await using folder = await temporaryFolder();
  const nobody = `postgresql://products:hunter2@127.0.0.1:${String(await freePort())}/tally`;

  const line = await refusal('subgraphs/products/src/main.ts', {
    PRODUCTS_DATABASE_URL: nobody,
    EVENT_LOG_DATABASE_URL: nobody,
    GATEWAY_JWKS_FILE: await keySetIn(folder.path),
  });

  expect(line).toMatch(
    /^products cannot start: PostgreSQL of products at 127\.0\.0\.1:\d+: nothing listens there: start it, or correct the address$/,
  );
});

test('an unreachable database ends the start of the platform', async () => {
  await using folder = await temporaryFolder();

  const line = await refusal(platform, {
    DATA_DIR: folder.path,
    DATABASE_URL: `postgresql://postgres:hunter2@127.0.0.1:${String(await freePort())}/postgres`,
  });

  expect(line).toMatch(
    /^tally cannot start: PostgreSQL at 127\.0\.0\.1:\d+ \(DATABASE_URL\): nothing listens there: start it, or correct the address$/,
  );
});

test('a URL that is none is named, with everything else that is wrong', async () => {
  const line = await refusal('subgraphs/users/src/main.ts', { USERS_DATABASE_URL: 'mysql://users:hunter2@127.0.0.1/tally', PORT: 'high' });

  expect(line).toMatch(/^users cannot start: configuration: /);
  for (const wrong of [
    'USERS_DATABASE_URL is not valid',
    'EVENT_LOG_DATABASE_URL is missing',
    'GATEWAY_JWKS_FILE is missing',
    'PORT is not valid',
  ]) {
    expect(line).toContain(wrong);
  }
  expect(line).toMatch(/Set them in the environment; \.env\.example shows each\.$/);
});

test('a wrong password ends the start', async () => {
  await using folder = await temporaryFolder();
  await using database = await cloneDatabase();
  const url = new URL(database.urls.orders.app);
  url.password = 'hunter2';

  const line = await refusal('subgraphs/orders/src/main.ts', {
    ORDERS_DATABASE_URL: url.href,
    EVENT_LOG_DATABASE_URL: database.urls.event_log.app,
    GATEWAY_JWKS_FILE: await keySetIn(folder.path),
  });

  expect(line).toMatch(/^orders cannot start: PostgreSQL of orders at 127\.0\.0\.1:\d+: wrong user or password: correct the URL$/);
});

test('an occupied port ends the start', async () => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };

  const line = await refusal('gateway/src/main.ts', { PORT: String(port) });

  expect(line).toBe(`gateway cannot start: port ${String(port)} of 127.0.0.1: the port is taken: stop what uses it, or choose another`);
});

test('a corrupt data folder ends the start, and is left as it is', async () => {
  await using folder = await temporaryFolder();
  const cluster = join(folder.path, 'postgres', 'data');
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, 'PG_VERSION'), '18\n');

  const line = await refusal(platform, { DATA_DIR: folder.path });

  expect(line).toMatch(
    /^tally cannot start: The database in .+ cannot be opened \(.+\): restore that folder from a copy, or run "npm run reset"/,
  );
});

test('a pending migration ends the start in production', async () => {
  await using folder = await temporaryFolder();
  await using server = await openEmbeddedPostgres({ dataDir: folder.path, durable: false, connections: 60 });
  const { passwords } = await openSecrets(folder.path);
  await bootstrapDatabase({ adminUrl: server.adminUrl, passwords, ownServer: true });

  const line = await refusal(platform, { NODE_ENV: 'production', DATA_DIR: folder.path, DATABASE_URL: server.adminUrl });

  expect(line).toMatch(
    /^tally cannot start: Schema products lacks migration \d+_init and 1 more: run "npx prisma migrate deploy --config \S+" before starting/,
  );
});
