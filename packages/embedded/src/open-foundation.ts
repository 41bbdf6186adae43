import type { Logger } from '@tally/runtime';
import { seedPlatform } from '../../../prisma/seed/seed.ts';
import type { EmbeddedConfig } from './config.ts';
import type { DatabaseUrls } from './database/roles.ts';
import { openSecrets } from './database/secrets.ts';
import { openKeys, type PlatformKeys } from './keys.ts';
import { openEmbeddedPostgres } from './postgres/open-embedded-postgres.ts';
import { prepareDatabase } from './prepare-database.ts';

/** What the apps of a system stand on, in one process or in many. Disposal stops the PostgreSQL that was started for it. */
export interface Foundation extends AsyncDisposable {
  readonly urls: DatabaseUrls;
  readonly keys: PlatformKeys;
  /** Folder of key files, closed to others. */
  readonly keysFolder: string;
}

/**
 * PostgreSQL, schemas, keys and seed on a data folder. Systems in one process and in many may follow each other on the same one.
 *
 * @param parts.connections that the embedded server must take; default: what one process of all apps needs.
 * @param parts.progress called with a few words for each part as it begins.
 * @throws {StartupError} one line that says what to do, also when another process uses the folder.
 */
export async function openFoundation(
  { dataDir, databaseUrl, production }: Pick<EmbeddedConfig, 'dataDir' | 'databaseUrl' | 'production'>,
  parts: { readonly logger: Logger; readonly progress: (step: string) => void; readonly connections?: number },
): Promise<Foundation> {
  const { logger, progress, connections } = parts;
  await using stack = new AsyncDisposableStack();
  const secrets = await openSecrets(dataDir);
  let adminUrl = databaseUrl;
  if (adminUrl === null) {
    progress('PostgreSQL');
    const server = await openEmbeddedPostgres({ dataDir, logger, ...(connections === undefined ? {} : { connections }) });
    adminUrl = stack.use(server).adminUrl;
  }
  progress('schemas');
  const urls = await prepareDatabase({
    adminUrl,
    secrets,
    ownServer: databaseUrl === null,
    production,
    onMigrating: (schema) => progress(`migrating ${schema}`),
  });
  const keys = await openKeys(secrets);
  if (!production) await seedPlatform({ urls, pepper: keys.pepper, tier: 'ci', progress: (part) => progress(`seeding ${part}`) });
  const owned = stack.move();
  return { urls, keys, keysFolder: secrets.keysDir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
