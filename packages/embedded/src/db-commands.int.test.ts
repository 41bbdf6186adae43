import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrls, SCHEMAS } from './database/roles.ts';
import { writeSecretsFolder } from './database/secrets-folder.ts';
import { openSecrets } from './database/secrets.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './postgres/open-embedded-postgres.ts';

// The commands as an operator runs them: processes of their own, against a server that knows nothing yet.
const scratch = await mkdtemp(join(tmpdir(), 'tally-commands-'));
const secretsDir = join(scratch, 'secrets');
let server: EmbeddedPostgres;

beforeAll(async () => {
  server = await openEmbeddedPostgres({ dataDir: join(scratch, 'data'), durable: false });
  await writeSecretsFolder(secretsDir, { postgres: new URL(server.adminUrl).host, redis: '127.0.0.1:6379' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

test('a server becomes one that the apps can use: bootstrap, migrations, demo data, each once and again', async () => {
  const given = { SECRETS_DIR: secretsDir, DATABASE_URL: server.adminUrl };

  const bootstrapped = await command('db-bootstrap.ts', [], given);
  expect(bootstrapped).toMatchObject({ code: 0, errors: '' });
  expect(bootstrapped.lines).toEqual(expect.arrayContaining(['database tally made', 'role orders_owner made', 'schema event_log made']));
  const again = await command('db-bootstrap.ts', [], given);
  expect(again.lines).toEqual(
    expect.arrayContaining([
      'database tally was there',
      'role orders was there, its password is set',
      'schema orders was there, its rights are set',
    ]),
  );

  const one = await command('db-migrate.ts', ['orders', 'simulator'], { SECRETS_DIR: secretsDir });
  expect(one).toMatchObject({ code: 0, errors: '' });
  expect(one.lines).toEqual(expect.arrayContaining(['schema orders migrated', 'schema simulator migrated']));

  // As owner by the administrator's URL and the owner's password, several at once.
  const { passwords } = await openSecrets(secretsDir);
  const owners = Object.fromEntries(SCHEMAS.map((schema) => [`${schema.toUpperCase()}_OWNER_PASSWORD`, passwords[`${schema}_owner`]]));
  const runs = await Promise.all(
    Array.from({ length: 2 }, () => command('db-migrate.ts', ['--all'], { ...owners, DATABASE_URL: server.adminUrl })),
  );
  expect(runs.map(({ code, errors }) => [code, errors])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const lines = runs.flatMap((run) => run.lines);
  for (const schema of SCHEMAS) {
    const before = schema === 'orders' || schema === 'simulator';
    expect(lines.filter((line) => line === `schema ${schema} migrated`).length, schema).toBe(before ? 0 : 1);
  }

  const apps = databaseUrls(server.adminUrl, passwords);
  const seed = {
    SECRETS_DIR: secretsDir,
    ...Object.fromEntries(
      ['users', 'products', 'payments'].map((name) => [`${name.toUpperCase()}_DATABASE_URL`, apps[name as 'users'].app]),
    ),
  };
  expect(await command('db-seed.ts', [], seed)).toMatchObject({ code: 0, errors: '' });
  expect(await countOf(apps.products.app, 'product')).toBeGreaterThan(0);
  expect(await command('db-seed.ts', [], seed)).toMatchObject({ code: 0, errors: '' });
});

test('what an operator forgot is named in one line', async () => {
  expect(await command('db-bootstrap.ts', [], { DATABASE_URL: server.adminUrl, ORDERS_PASSWORD: 'x' })).toMatchObject({
    code: 1,
    errors: expect.stringMatching(
      /^db:bootstrap: configuration: missing are PRODUCTS_OWNER_PASSWORD, .*SECRETS_DIR may name the folder of "npm run secrets"\.\n$/,
    ) as string,
  });
  expect(await command('db-migrate.ts', ['orders'], {})).toMatchObject({
    code: 1,
    errors:
      'db:migrate: configuration: missing are ORDERS_OWNER_DATABASE_URL, or DATABASE_URL with <NAME>_OWNER_PASSWORD; SECRETS_DIR may name the folder of "npm run secrets".\n',
  });
  for (const args of [[], ['order'], ['orders', '--all']]) {
    expect(await command('db-migrate.ts', args, {})).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/^usage: npm run db:migrate/) as string,
    });
  }
});

test('demo data never gets into production', async () => {
  expect(await command('db-seed.ts', [], { SECRETS_DIR: secretsDir, NODE_ENV: 'production' })).toEqual({
    code: 1,
    lines: [],
    errors: 'db:seed: NODE_ENV is production: demo data has known passwords and is never loaded there.\n',
  });
});

test('secrets are made once by their command, which says what exists', async () => {
  const folder = join(scratch, 'made');

  const first = await command('make-secrets.ts', [folder, '--postgres', 'db:5433'], {});
  const url = await readFile(join(folder, 'orders-database-url'), 'utf8');
  const second = await command('make-secrets.ts', [folder], {});

  expect(first.lines).toContain(`made  ${folder}/orders-database-url`);
  expect(url).toMatch(/^postgresql:\/\/orders:[\w-]{43}@db:5433\/tally\n$/);
  expect(second.lines).toEqual([...first.lines.map((line) => line.replace(/^made/, 'kept')), 'nothing was missing']);
  expect(await readFile(join(folder, 'orders-database-url'), 'utf8')).toBe(url);
  expect(await command('make-secrets.ts', [], {})).toMatchObject({ code: 2 });
});

async function command(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return new Promise<{ code: number; lines: string[]; errors: string }>((resolve) => {
    execFile(process.execPath, [path, ...args], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.split('\n').filter((line) => line !== ''), errors: stderr });
    });
  });
}

async function countOf(url: string, table: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
