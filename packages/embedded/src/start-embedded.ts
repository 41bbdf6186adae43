import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@tally/gateway';
import { assertPortFree, type Logger } from '@tally/runtime';
import { demoAccounts, seedPlatform } from '../../../prisma/seed/seed.ts';
import { startPlatform, type Platform } from './app.ts';
import type { EmbeddedConfig } from './config.ts';
import { openSecrets } from './database/secrets.ts';
import { openKeys } from './keys.ts';
import { openEmbeddedPostgres } from './postgres/open-embedded-postgres.ts';
import { prepareDatabase } from './prepare-database.ts';

/** The page of `examples/`, where it has been built. */
const examplePages = (): readonly Page[] => {
  const folder = fileURLToPath(new URL('../../../examples/tracker/dist', import.meta.url));
  return existsSync(folder) ? [{ path: '/tracker', folder }] : [];
};

/**
 * From an empty folder to a running shop: PostgreSQL, schemas, seed, apps; resolved when the projections have caught up.
 *
 * @param progress called with a few words for each part as it begins.
 * @throws {StartupError} one line that says what to do.
 */
export async function startEmbedded(
  config: EmbeddedConfig,
  parts: { readonly logger: Logger; readonly progress: (step: string) => void },
): Promise<Platform> {
  const { dataDir, production } = config;
  const { logger, progress } = parts;
  await using stack = new AsyncDisposableStack();
  for (const port of [config.port, config.metricsPort, config.simulatorPort]) await assertPortFree({ port, host: config.host });
  const secrets = await openSecrets(dataDir);
  let adminUrl = config.databaseUrl;
  if (adminUrl === null) {
    progress('PostgreSQL');
    adminUrl = stack.use(await openEmbeddedPostgres({ dataDir, logger })).adminUrl;
  }
  progress('schemas');
  const urls = await prepareDatabase({
    adminUrl,
    secrets,
    ownServer: config.databaseUrl === null,
    production,
    onMigrating: (schema) => {
      progress(`migrating ${schema}`);
    },
  });
  const keys = await openKeys(secrets);
  if (!production)
    await seedPlatform({
      urls,
      pepper: keys.pepper,
      tier: 'ci',
      progress: (part) => {
        progress(`seeding ${part}`);
      },
    });
  progress('apps');
  const { host, port, metricsPort, simulatorPort, limits, otlpEndpoint, kafka, hotReadsMax, redis, smtpUrl } = config;
  const platform = stack.use(
    await startPlatform(
      {
        urls,
        keys,
        host,
        port,
        metricsPort,
        simulatorPort,
        limits,
        production,
        soleProcess: config.databaseUrl === null,
        otlpEndpoint,
        kafka,
        hotReadsMax,
        redis,
        smtpUrl,
        pages: production ? [] : examplePages(),
        demoAccounts: production ? [] : demoAccounts,
      },
      { logger },
    ),
  );
  progress('projections');
  await platform.caughtUp();
  const owned = stack.move();
  return { ...platform, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
