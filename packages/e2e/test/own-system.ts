import { startPlatform, type Platform, type PlatformConfig, type PlatformOverrides } from '@tally/embedded/app';
import { createLogger, startTelemetry } from '@tally/runtime';
import { freshKeys } from '../src/topologies/keys.ts';
import type { MigratedDatabase, Topology } from '../src/topologies/topology.ts';

export interface OwnSystemOptions extends Pick<PlatformOverrides, 'clock' | 'delivery'> {
  readonly smtpUrl?: PlatformConfig['smtpUrl'];
  readonly production?: boolean;
}

/** The system in this process with its metrics, as production runs it if wanted. */
export interface OwnSystem extends Topology {
  readonly platform: Platform;
  /** Sum over all series of a metric that have these labels; 0 without any. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

/** Starts the system in this process on the default limits. */
export async function startOwnSystem(database: MigratedDatabase, options: OwnSystemOptions = {}): Promise<OwnSystem> {
  const { smtpUrl = null, production = false, ...overrides } = options;
  const keys = await freshKeys();
  const lines: string[] = [];
  await using stack = new AsyncDisposableStack();
  // First: instruments that are made before it count nowhere.
  const telemetry = stack.use(startTelemetry({ service: 'tally' }));
  const platform = stack.use(
    await startPlatform(
      {
        urls: database.urls,
        keys,
        host: '127.0.0.1',
        port: 0,
        metricsPort: null,
        simulatorPort: 0,
        limits: 'default',
        production,
        soleProcess: true,
        otlpEndpoint: null,
        hotReadsMax: 10_000,
        smtpUrl,
        pages: [],
        demoAccounts: [],
      },
      { logger: createLogger({ service: 'tally', write: (line) => lines.push(line) }), ...overrides },
    ),
  );
  await platform.caughtUp();
  const owned = stack.move();
  return {
    platform,
    keys,
    urls: { gateway: platform.url, simulator: platform.simulatorUrl },
    logs: () => lines.join(''),
    async metric(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const samples = (await telemetry.metrics()).matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)`, 'gm'));
      return [...samples]
        .filter(([, said = '']) => wanted.every((label) => said.includes(label)))
        .reduce((sum, [, , value]) => sum + Number(value), 0);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
