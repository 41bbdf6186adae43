import { sumOf } from '@tally/distributed';
import { startPlatform, type Platform, type PlatformConfig, type PlatformOverrides } from '@tally/embedded/app';
import { createLogger, startTelemetry } from '@tally/runtime';
import { freshKeys } from './keys.ts';
import type { MigratedDatabase, Topology } from './topology.ts';

export interface InOneProcessOptions extends Pick<PlatformOverrides, 'onStatement' | 'clock' | 'delivery'> {
  readonly keys?: PlatformConfig['keys'];
  /** Default `default`, what production runs with. */
  readonly limits?: PlatformConfig['limits'];
  /** Default: the log in the database. */
  readonly kafka?: PlatformConfig['kafka'];
  /** Default 10,000, as it starts; 0 where statements are counted. */
  readonly hotReadsMax?: number;
  /** Default: mails are kept. */
  readonly smtpUrl?: string;
  readonly pages?: PlatformConfig['pages'];
  /** Default false. */
  readonly production?: boolean;
}

/** The system in the process of the test, with what only that shows. */
export interface InOneProcess extends Topology {
  readonly platform: Platform;
  /** Sum of the series of a metric that have these labels; 0 without any. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
}

/** Starts the whole system in this process: the gateway calls the subgraphs as functions. */
export async function startInOneProcess(database: MigratedDatabase, options: InOneProcessOptions = {}): Promise<InOneProcess> {
  const {
    limits = 'default',
    keys = await freshKeys(),
    kafka = null,
    hotReadsMax = 10_000,
    smtpUrl = null,
    pages = [],
    production = false,
    ...overrides
  } = options;
  await using stack = new AsyncDisposableStack();
  // First: instruments that are made before it count nowhere.
  const telemetry = stack.use(startTelemetry({ service: 'tally' }));
  const lines: string[] = [];
  const logger = createLogger({ service: 'tally', write: (line) => lines.push(line) });
  const platform = stack.use(
    await startPlatform(
      {
        urls: database.urls,
        keys,
        host: '127.0.0.1',
        port: 0,
        metricsPort: null,
        simulatorPort: 0,
        limits,
        production,
        soleProcess: true,
        otlpEndpoint: null,
        kafka,
        redis: null,
        hotReadsMax,
        smtpUrl,
        pages,
        demoAccounts: [],
      },
      { logger, ...overrides },
    ),
  );
  await platform.caughtUp();
  const owned = stack.move();
  return {
    platform,
    keys,
    urls: { gateway: platform.url, simulator: platform.simulatorUrl },
    logs: () => lines.join(''),
    metric: async (name, labels = {}) => sumOf(await telemetry.metrics(), name, labels),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
