import { join } from 'node:path';
import {
  openEmbeddedPostgres,
  openKeys,
  openSecrets,
  prepareDatabase,
  type DatabaseUrls,
  type EmbeddedConfig,
  type PlatformKeys,
} from '@tally/embedded';
import type { Logger } from '@tally/runtime';
import { seedPlatform } from '../../../prisma/seed/seed.ts';
import type { ProcessSpec } from './system.ts';

/** What the processes of a system stand on. Disposal stops the PostgreSQL that was started for it. */
export interface Foundation extends AsyncDisposable {
  readonly urls: DatabaseUrls;
  readonly keys: PlatformKeys;
  /** In the data folder, closed to others. */
  readonly keysFolder: string;
}

/**
 * PostgreSQL, schemas, keys and seed on a data folder, as `npm start` makes them: either may follow the other on the same folder.
 *
 * @param parts.progress called with a few words for each part as it begins.
 * @throws {StartupError} one line that says what to do, also when another process uses the folder.
 */
export async function openFoundation(
  { dataDir, databaseUrl, production }: Pick<EmbeddedConfig, 'dataDir' | 'databaseUrl' | 'production'>,
  processes: readonly ProcessSpec[],
  parts: { readonly logger: Logger; readonly progress: (step: string) => void },
): Promise<Foundation> {
  const { logger, progress } = parts;
  await using stack = new AsyncDisposableStack();
  const secrets = await openSecrets(dataDir);
  let adminUrl = databaseUrl;
  if (adminUrl === null) {
    progress('PostgreSQL');
    adminUrl = stack.use(await openEmbeddedPostgres({ dataDir, logger, connections: connectionsOf(processes) })).adminUrl;
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
  return { urls, keys, keysFolder: join(secrets.keysDir, 'processes'), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

// A subgraph's pool has 10, its log, relay, consumers and wake-ups up to 20 more; gateway and simulator take 10. And 30 for migrations, people and audits.
const connectionsOf = (processes: readonly ProcessSpec[]): number =>
  processes.reduce((sum, { app }) => sum + (app === 'gateway' || app === 'payment-simulator' ? 10 : 30), 30);
