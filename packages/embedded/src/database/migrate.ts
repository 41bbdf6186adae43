import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { type MigrationProject, migrationProjects, migrationsFolder } from './migration-projects.ts';
import { pendingMigrations } from './pending-migrations.ts';
import type { SchemaName, SchemaUrls } from './roles.ts';

/** The owner's URL of each schema that is to be migrated. */
export type OwnerUrls = Readonly<Partial<Record<SchemaName, Pick<SchemaUrls, 'owner'>>>>;

export interface MigrateOptions {
  readonly urls: OwnerUrls;
  /** Default: those of this repository. Of either, those that have a URL. */
  readonly projects?: readonly MigrationProject[];
  /** Called before each schema that has something pending. */
  readonly onMigrating?: (schema: SchemaName, migrations: readonly string[]) => void;
}

/** Schemas that migrate at once; each costs a process of the command line and one of the engine. */
const AT_ONCE = 2;

/**
 * Brings every schema up to date with the real `prisma migrate deploy`, which is only started for schemas that have something pending. Several processes
 * may do it at once: one migrates a schema, the others wait for it and find nothing left. Afterwards app roles may read the list of migrations and not
 * write it.
 *
 * @returns the schemas that were migrated.
 * @throws {StartupError} a migration failed or was edited after it was applied; names it and says what to do. Not retryable.
 */
export async function migrateDatabase({
  urls,
  projects = migrationProjects(),
  onMigrating,
}: MigrateOptions): Promise<readonly SchemaName[]> {
  const targets = projects.flatMap((project) => {
    const ownerUrl = urls[project.schema]?.owner;
    return ownerUrl === undefined ? [] : [{ project, ownerUrl }];
  });
  const checks = await Promise.all(
    targets.map(async (target) => ({ ...target, pending: await pendingMigrations(target.ownerUrl, migrationsFolder(target.project)) })),
  );
  const queue = checks.filter(({ pending }) => pending.length > 0).values();
  const migrated = new Set<SchemaName>();
  const worker = async (): Promise<void> => {
    for (const { project, ownerUrl } of queue) if (await deploy(project, ownerUrl, onMigrating)) migrated.add(project.schema);
  };
  // Settled, not all: no command line may still be running when the first failure is reported.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return targets.map(({ project }) => project.schema).filter((schema) => migrated.has(schema));
}

/** @returns false when another process has done it meanwhile. */
async function deploy(project: MigrationProject, ownerUrl: string, onMigrating: MigrateOptions['onMigrating']): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // The engine has a lock of its own, for which it waits ten seconds: less than a long migration takes.
    await client.query('SELECT pg_advisory_lock(hashtext($1), hashtext($2))', ['tally migrations', project.schema]);
    const pending = await pendingMigrations(ownerUrl, migrationsFolder(project));
    if (pending.length === 0) return false;
    onMigrating?.(project.schema, pending);
    const { code, output } = await runPrisma(project, ownerUrl);
    if (code !== 0) {
      await pendingMigrations(ownerUrl, migrationsFolder(project)); // throws with the failed migration's own words, if one ran
      throw new StartupError(
        `Schema ${project.schema} cannot be migrated (${firstComplaint(output)}): run "npx prisma migrate status --config ${relative(process.cwd(), project.config)}".`,
      );
    }
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${project.schema}._prisma_migrations FROM ${project.schema}`);
    return true;
  } finally {
    await client.end();
  }
}

function runPrisma(project: MigrationProject, ownerUrl: string): Promise<{ code: number | null; output: string }> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'index.js');
  const child = spawn(process.execPath, [cli, 'migrate', 'deploy', '--config', project.config], {
    cwd: dirname(project.config),
    // The engine is a script whose first line asks for `node`: it must find the one that runs us. Nothing else of our environment matters to it.
    env: {
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: tmpdir(), // asked for while it loads, and a container's user may have none
      CHECKPOINT_DISABLE: '1',
      NO_COLOR: '1',
      [project.ownerUrlVariable]: ownerUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

function firstComplaint(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /^Error\b/i.test(line) && !/^Error:?$/i.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no output';
}
