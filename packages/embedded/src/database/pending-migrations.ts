import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { type MigrationProject, migrationsFolder } from './migration-projects.ts';
import type { DatabaseUrls } from './roles.ts';

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly logs: string | null;
}

/**
 * The migrations of a folder that the database has not seen, oldest first. One query, about a millisecond, where asking the Prisma command
 * line takes more than a second. Migrations that the database has and the folder lacks are no fault: a newer version may have run.
 *
 * @param url of the schema's owner or of its app role; both find `_prisma_migrations` by their search_path.
 * @param folder the `migrations/` folder.
 * @throws {StartupError} database unreachable; an earlier migration failed half-way; an applied one was edited since. Not retryable.
 */
export async function pendingMigrations(url: string, folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort();
  const applied = new Map((await readApplied(url)).map((row) => [row.migration_name, row]));
  for (const name of names) {
    const row = applied.get(name);
    if (row === undefined) continue;
    if (row.finished_at === null) throw failedMigration(name, folder, row.logs ?? 'it was interrupted');
    if (row.checksum !== checksumOf(await readFile(join(folder, name, 'migration.sql')))) {
      throw new StartupError(
        `Migration ${name} in ${folder} was changed after it was applied: restore the file, and put the change into a new migration.`,
      );
    }
  }
  return names.filter((name) => !applied.has(name));
}

/**
 * Refuses to go on while a migration is missing. For production, where migrations are a deployment step of their own.
 *
 * @throws {StartupError} naming the first schema that is behind, and everything `pendingMigrations` raises.
 */
export async function assertNoPendingMigrations(urls: DatabaseUrls, projects: readonly MigrationProject[]): Promise<void> {
  for (const project of projects) {
    const [first, ...others] = await pendingMigrations(urls[project.schema].owner, migrationsFolder(project));
    if (first === undefined) continue;
    const more = others.length > 0 ? ` and ${String(others.length)} more` : '';
    throw new StartupError(
      `Schema ${project.schema} lacks migration ${first}${more}: run "npx prisma migrate deploy --config ${relative(process.cwd(), project.config)}" before starting in production mode.`,
    );
  }
}

/** The one-line refusal for a migration that stopped half-way. */
export function failedMigration(name: string, folder: string, logs: string): StartupError {
  // The engine wraps PostgreSQL's own words in its own, and adds a trace.
  const reason = /ERROR: (.*)/.exec(logs)?.[1] ?? logs.trim().split('\n', 1)[0] ?? '';
  return new StartupError(
    `Migration ${name} in ${folder} failed (${reason.trim()}): repair it, mark it with "npx prisma migrate resolve --rolled-back ${name} --config ${relative(process.cwd(), join(folder, '..', 'prisma.config.ts'))}", and start again.`,
  );
}

/** As Prisma computes it: SHA-256 over the file. */
function checksumOf(script: Uint8Array): string {
  return createHash('sha256').update(script).digest('hex');
}

const NO_SUCH_TABLE = '42P01';

async function readApplied(url: string): Promise<readonly AppliedMigration[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<AppliedMigration>(
      'SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    return rows;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code === NO_SUCH_TABLE) return [];
    const { host, username } = new URL(url);
    throw new StartupError(
      `The migrations known to PostgreSQL at ${host} cannot be read as "${username}" (${message}): check the server and the database URL.`,
      { cause },
    );
  } finally {
    await client.end();
  }
}
