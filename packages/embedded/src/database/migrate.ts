import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { type MigrationProject, migrationProjects, migrationsFolder } from './migration-projects.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { type DatabaseUrls, type SchemaName } from './roles.ts';

export interface MigrateOptions {
  readonly urls: DatabaseUrls;
  /** Default: those of this repository. */
  readonly projects?: readonly MigrationProject[];
  /** Called before each schema that has something pending. */
  readonly onMigrating?: (schema: SchemaName, migrations: readonly string[]) => void;
}

/** Schemas that migrate at once; each costs a process of the command line and one of the engine. */
const AT_ONCE = 2;

/**
 * Brings every schema up to date with the real `prisma migrate deploy`, which is only started for schemas that have something pending.
 * Afterwards app roles may read the list of migrations and not write it.
 *
 * @returns the schemas that were migrated.
 * @throws {StartupError} a migration failed or was edited after it was applied; names it and says what to do. Not retryable.
 */
export async function migrateDatabase({
  urls,
  projects = migrationProjects(),
  onMigrating,
}: MigrateOptions): Promise<readonly SchemaName[]> {
  const checks = await Promise.all(
    projects.map(async (project) => ({ project, pending: await pendingMigrations(urls[project.schema].owner, migrationsFolder(project)) })),
  );
  const behind = checks.filter(({ pending }) => pending.length > 0);
  const queue = behind.values();
  const worker = async (): Promise<void> => {
    for (const { project, pending } of queue) {
      onMigrating?.(project.schema, pending);
      await deploy(project, urls[project.schema].owner);
    }
  };
  // Settled, not all: no command line may still be running when the first failure is reported.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return behind.map(({ project }) => project.schema);
}

async function deploy(project: MigrationProject, ownerUrl: string): Promise<void> {
  const { code, output } = await runPrisma(project, ownerUrl);
  if (code !== 0) {
    await pendingMigrations(ownerUrl, migrationsFolder(project)); // throws with the failed migration's own words, if one ran
    throw new StartupError(
      `Schema ${project.schema} cannot be migrated (${firstComplaint(output)}): run "npx prisma migrate status --config ${relative(process.cwd(), project.config)}".`,
    );
  }
  await protectHistory(project.schema, ownerUrl);
}

async function protectHistory(schema: SchemaName, ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${schema}._prisma_migrations FROM ${schema}`);
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
