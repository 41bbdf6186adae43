import { assertPortFree, type Logger } from '@tally/runtime';
import { demoAccounts } from '../../../prisma/seed/seed.ts';
import { startPlatform, type Platform } from './app.ts';
import type { EmbeddedConfig } from './config.ts';
import { examplePages } from './example-pages.ts';
import { openFoundation } from './open-foundation.ts';

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
  const { production } = config;
  const { logger, progress } = parts;
  await using stack = new AsyncDisposableStack();
  for (const port of [config.port, config.metricsPort, config.simulatorPort]) await assertPortFree({ port, host: config.host });
  const { urls, keys } = stack.use(await openFoundation(config, parts));
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
