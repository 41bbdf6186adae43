import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../postgres/open-embedded-postgres.ts';
import { bootstrapDatabase } from './bootstrap.ts';
import { migrateDatabase } from './migrate.ts';
import { type MigrationProject, migrationProjects, migrationsFolder } from './migration-projects.ts';
import { assertNoPendingMigrations, pendingMigrations } from './pending-migrations.ts';
import { databaseUrls, ROLES, type RolePasswords, type SchemaName } from './roles.ts';

const passwords = Object.fromEntries(ROLES.map((role) => [role, `secret of ${role}`])) as Record<keyof RolePasswords, string>;
const dataDir = await mkdtemp(join(tmpdir(), 'tally-migrate-'));
let server: EmbeddedPostgres;

beforeAll(async () => {
  server = await openEmbeddedPostgres({ dataDir, durable: false });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

test('migrations are pending, oldest first, until they are deployed, and then deployed no more', async () => {
  await using shop = await aShop();
  await using mugs = await aProject('orders', {
    '20260101000000_mugs': 'CREATE TABLE mug (id int);',
    '20260102000000_cups': 'CREATE TABLE cup (id int);',
  });
  const { orders } = shop.urls;
  expect(await pendingMigrations(orders.owner, migrationsFolder(mugs))).toEqual(['20260101000000_mugs', '20260102000000_cups']);

  const first = await migrateDatabase({ urls: shop.urls, projects: [mugs] });
  const second = await migrateDatabase({ urls: shop.urls, projects: [mugs] });

  expect([first, second]).toEqual([['orders'], []]);
  expect(await pendingMigrations(orders.app, migrationsFolder(mugs))).toEqual([]);
  expect(await query(orders.app, 'INSERT INTO cup VALUES (1) RETURNING id')).toEqual([{ id: 1 }]);
});

test('the app role reads the list of migrations and cannot write it', async () => {
  await using shop = await aShop();
  await using mugs = await aProject('orders', { '20260101000000_mugs': 'CREATE TABLE mug (id int);' });
  await migrateDatabase({ urls: shop.urls, projects: [mugs] });

  expect(await query(shop.urls.orders.app, 'SELECT migration_name FROM _prisma_migrations')).toEqual([
    { migration_name: '20260101000000_mugs' },
  ]);
  await expect(query(shop.urls.orders.app, 'DELETE FROM _prisma_migrations')).rejects.toMatchObject({ code: '42501' });
});

test('a migration that fails is named in one line with the reason of the database, at this start and the next', async () => {
  await using shop = await aShop();
  await using mugs = await aProject('orders', { '20260101000000_mugs': 'CREATE TABLE mug (id int);\nCREATE TABLE mug (id int);' });

  for (const _start of ['first', 'second']) {
    const refusal = await migrateDatabase({ urls: shop.urls, projects: [mugs] }).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(StartupError);
    expect((refusal as Error).message).toMatch(
      /^Migration 20260101000000_mugs in \S+ failed \(.*relation "mug" already exists.*\): repair it, mark it with "npx prisma migrate resolve --rolled-back/,
    );
    expect((refusal as Error).message).not.toContain('\n');
  }
});

test('a migration that was edited after it was applied is refused in one line', async () => {
  await using shop = await aShop();
  await using mugs = await aProject('orders', { '20260101000000_mugs': 'CREATE TABLE mug (id int);' });
  await migrateDatabase({ urls: shop.urls, projects: [mugs] });
  await appendFile(join(migrationsFolder(mugs), '20260101000000_mugs', 'migration.sql'), '\nCREATE TABLE afterthought (id int);');

  const refusal = await migrateDatabase({ urls: shop.urls, projects: [mugs] }).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(StartupError);
  expect((refusal as Error).message).toMatch(/^Migration 20260101000000_mugs in \S+ was changed after it was applied: restore the file/);
});

test('a database that is ahead of the code has nothing pending', async () => {
  await using shop = await aShop();
  await using newer = await aProject('orders', {
    '20260101000000_mugs': 'CREATE TABLE mug (id int);',
    '20260102000000_cups': 'CREATE TABLE cup (id int);',
  });
  await using older = await aProject('orders', { '20260101000000_mugs': 'CREATE TABLE mug (id int);' });
  await migrateDatabase({ urls: shop.urls, projects: [newer] });

  expect(await pendingMigrations(shop.urls.orders.owner, migrationsFolder(older))).toEqual([]);
});

test('production refuses to start while a migration is pending, and names schema and command', async () => {
  await using shop = await aShop();
  await using mugs = await aProject('orders', {
    '20260101000000_mugs': 'CREATE TABLE mug (id int);',
    '20260102000000_cups': 'CREATE TABLE cup (id int);',
  });

  await expect(assertNoPendingMigrations(shop.urls, [mugs])).rejects.toThrow(
    /^Schema orders lacks migration 20260101000000_mugs and 1 more: run "npx prisma migrate deploy --config \S+" before starting in production mode\.$/,
  );

  await migrateDatabase({ urls: shop.urls, projects: [mugs] });
  await assertNoPendingMigrations(shop.urls, [mugs]);
});

test('the failure of one schema does not keep another from being migrated', async () => {
  await using shop = await aShop();
  await using broken = await aProject('orders', { '20260101000000_mugs': 'CREATE TABEL mug (id int);' });
  await using sound = await aProject('users', { '20260101000000_names': 'CREATE TABLE name (id int);' });

  await expect(migrateDatabase({ urls: shop.urls, projects: [broken, sound] })).rejects.toThrow(/^Migration 20260101000000_mugs/);

  expect(await pendingMigrations(shop.urls.users.owner, migrationsFolder(sound))).toEqual([]);
});

test('every schema of this repository has a project that lies where its config says', () => {
  const projects = migrationProjects();

  expect(projects.map(({ schema }) => schema)).toEqual([
    'products',
    'orders',
    'payments',
    'users',
    'notifications',
    'event_log',
    'simulator',
  ]);
  expect(projects.map(({ ownerUrlVariable }) => ownerUrlVariable)).toContain('EVENT_LOG_OWNER_DATABASE_URL');
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

let shops = 0;

async function aShop() {
  const name = `shop_${String(++shops)}`;
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: name, passwords });
  const drop = async (): Promise<void> => {
    await query(server.adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { urls: databaseUrls(server.adminUrl, passwords, name), [Symbol.asyncDispose]: drop };
}

/** A Prisma folder with the given migrations, read by the real command line through the repository's own engine. */
async function aProject(schema: SchemaName, migrations: Readonly<Record<string, string>>): Promise<MigrationProject & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'tally-project-'));
  const ownerUrlVariable = `${schema.toUpperCase()}_OWNER_DATABASE_URL`;
  const shared = fileURLToPath(new URL('../../../../prisma/schema-config.ts', import.meta.url));
  await writeFile(
    join(folder, 'prisma.config.ts'),
    `import { schemaConfig } from '${shared}';\nexport default schemaConfig('${schema}', '${ownerUrlVariable}');\n`,
  );
  await writeFile(join(folder, 'schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n');
  for (const [name, script] of Object.entries(migrations)) {
    await mkdir(join(folder, 'migrations', name), { recursive: true });
    await writeFile(join(folder, 'migrations', name, 'migration.sql'), `${script}\n`);
  }
  await writeFile(join(folder, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
  return {
    schema,
    config: join(folder, 'prisma.config.ts'),
    ownerUrlVariable,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
