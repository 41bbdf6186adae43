import { toStartupError } from '@tally/runtime';
import pg from 'pg';
import { bootstrapDatabase } from './database/bootstrap.ts';
import { migrateDatabase } from './database/migrate.ts';
import { migrationProjects } from './database/migration-projects.ts';
import { assertNoPendingMigrations } from './database/pending-migrations.ts';
import { databaseUrls, type DatabaseUrls } from './database/roles.ts';
import type { Secrets } from './database/secrets.ts';

export interface PrepareOptions {
  /** Administrator of the server. */
  readonly adminUrl: string;
  readonly secrets: Secrets;
  /** The server is ours alone. */
  readonly ownServer: boolean;
  /** Pending migrations end the start instead of being applied. */
  readonly production: boolean;
  readonly onMigrating: (schema: string) => void;
}

/**
 * Schemas, roles and migrations, so that every app can open its database.
 *
 * @throws {StartupError} the server does not answer, refuses, or has pending migrations in production.
 */
export async function prepareDatabase(options: PrepareOptions): Promise<DatabaseUrls> {
  const { adminUrl, secrets, ownServer, production, onMigrating } = options;
  await assertServer(adminUrl);
  const urls = databaseUrls(adminUrl, secrets.passwords);
  if (production) await assertNoPendingMigrations(urls, migrationProjects());
  else {
    await bootstrapDatabase({ adminUrl, passwords: secrets.passwords, ownServer });
    await migrateDatabase({ urls, onMigrating });
  }
  return urls;
}

async function assertServer(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
  } catch (cause) {
    throw toStartupError(`PostgreSQL at ${new URL(adminUrl).host} (DATABASE_URL)`, cause);
  }
}
