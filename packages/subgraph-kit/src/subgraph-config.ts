import { readFileSync } from 'node:fs';
import type { JWK } from '@tally/identity';
import { portNumber, readEnvironment, StartupError, type Environment } from '@tally/runtime';
import { z } from 'zod';

/** What every subgraph is configured with. */
export interface SubgraphConfig {
  /** As the app role of the subgraph. */
  readonly databaseUrl: string;
  /** Largest number of connections of the pool. */
  readonly poolSize: number;
  /** `null`: called in-process only. */
  readonly http: { readonly port: number; readonly host: string } | null;
  /** `null`: the process has another place for its metrics. */
  readonly metricsPort: number | null;
  /** `api` answers requests; `worker` runs relay, consumers and jobs. */
  readonly roles: readonly SubgraphRole[];
  /** Public keys of the gateway: nobody else is answered. */
  readonly gatewayKeys: readonly JWK[];
  readonly log: { readonly kind: 'postgres'; readonly databaseUrl: string };
  /** `process`: nobody in another process waits for this one's commits, so no NOTIFY is sent. */
  readonly wake: 'process' | 'database';
  readonly otlpEndpoint: string | null;
}

export type SubgraphRole = 'api' | 'worker';

/**
 * Reads the settings that all subgraphs have; `<NAME>_DATABASE_URL` is named after the subgraph.
 *
 * @param own further variables of this subgraph.
 * @throws {StartupError} names every setting that is missing or wrong, in one line.
 */
export function readSubgraphConfig<Own extends z.ZodRawShape>(
  name: string,
  standard: { readonly port: number; readonly metricsPort: number },
  environment: Environment,
  own: Own,
): { readonly base: SubgraphConfig; readonly own: z.infer<z.ZodObject<Own>> } {
  const databaseUrl = `${name.toUpperCase()}_DATABASE_URL`;
  const base = z.object({
    [databaseUrl]: z.url({ protocol: /^postgres(ql)?$/ }),
    EVENT_LOG_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    GATEWAY_JWKS_FILE: z.string(),
  });
  const settings = z.object({
    PORT: portNumber(standard.port),
    METRICS_PORT: portNumber(standard.metricsPort),
    HOST: z.string().default('127.0.0.1'),
    ROLES: z
      .string()
      .regex(/^(api|worker)(,(api|worker))?$/, 'api, worker, or api,worker')
      .default('api,worker'),
    POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  });
  const shape = { ...base.shape, ...settings.shape, ...own };
  const read = readEnvironment(z.object(shape), environment) as Record<string, unknown>;
  const common = settings.parse(
    Object.fromEntries(
      Object.keys(settings.shape).map((key) => [key, read[key] === undefined ? undefined : String(read[key] as string | number)]),
    ),
  );
  return {
    base: {
      databaseUrl: read[databaseUrl] as string,
      poolSize: common.POOL_SIZE,
      http: { port: common.PORT, host: common.HOST },
      metricsPort: common.METRICS_PORT,
      roles: common.ROLES.split(',') as SubgraphRole[],
      gatewayKeys: readJsonFile<{ keys: JWK[] }>('GATEWAY_JWKS_FILE', read['GATEWAY_JWKS_FILE'] as string).keys,
      log: { kind: 'postgres', databaseUrl: read['EVENT_LOG_DATABASE_URL'] as string },
      wake: 'database',
      otlpEndpoint: common.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    },
    own: Object.fromEntries(Object.keys(own).map((key) => [key, read[key]])) as z.infer<z.ZodObject<Own>>,
  };
}

/**
 * A JSON file that a variable names: keys and key sets.
 *
 * @throws {StartupError} it cannot be read, or is no JSON.
 */
export function readJsonFile<T>(variable: string, path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    throw new StartupError(`${variable}: the file it names cannot be read as JSON: check path, permissions and contents.`, { cause });
  }
}
