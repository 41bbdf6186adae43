import { readFileSync } from 'node:fs';
import type { JWK } from '@tally/identity';
import { eventLogAddressOf, eventLogSettings, type EventLogAddress } from '@tally/messaging';
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
  readonly log: EventLogAddress;
  /** `process`: nobody in another process waits for this one's commits, so no NOTIFY is sent. */
  readonly wake: 'process' | 'database';
  readonly otlpEndpoint: string | null;
}

export type SubgraphRole = 'api' | 'worker';

/**
 * Reads the settings that all subgraphs have; `<NAME>_DATABASE_URL` is named after the subgraph.
 *
 * @param own further variables of this subgraph.
 * @throws {StartupError} names every setting that is missing or wrong, the key file included, in one line.
 */
export function readSubgraphConfig<Own extends z.ZodRawShape>(
  name: string,
  standard: { readonly port: number; readonly metricsPort: number },
  environment: Environment,
  own: Own,
): { readonly base: SubgraphConfig; readonly own: z.infer<z.ZodObject<Own>> } {
  const databaseUrl = `${name.toUpperCase()}_DATABASE_URL`;
  const settings = settingsOf(standard, environment);
  // The name of one variable depends on the subgraph, so that the compiler sees the others only.
  const read = readEnvironment(z.object({ [databaseUrl]: postgresUrl, ...settings.shape, ...own }), environment) as z.infer<
    typeof settings
  > &
    Readonly<Record<string, unknown>>;
  const log = eventLogAddressOf(read);
  if (log === null) throw new Error('the schema lets nobody through without a log');
  return {
    base: Object.freeze<SubgraphConfig>({
      databaseUrl: read[databaseUrl] as string,
      poolSize: read.POOL_SIZE,
      http: { port: read.PORT, host: read.HOST },
      metricsPort: read.METRICS_PORT,
      roles: read.ROLES,
      gatewayKeys: read.GATEWAY_JWKS_FILE,
      log,
      wake: 'database',
      otlpEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    }),
    own: Object.fromEntries(Object.keys(own).map((key) => [key, read[key]])) as z.infer<z.ZodObject<Own>>,
  };
}

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

const settingsOf = (standard: { readonly port: number; readonly metricsPort: number }, environment: Environment) =>
  z.object({
    ...eventLogSettings,
    // A subgraph without a log is none: which of the two is missing is said by the one that every machine has.
    EVENT_LOG_DATABASE_URL: isSet(environment['KAFKA_BROKERS']) ? eventLogSettings.EVENT_LOG_DATABASE_URL : postgresUrl,
    GATEWAY_JWKS_FILE: z.string().transform(publicKeysOf),
    PORT: portNumber(standard.port),
    METRICS_PORT: portNumber(standard.metricsPort),
    HOST: z.string().default('127.0.0.1'),
    ROLES: z.string().transform(rolesOf).default(['api', 'worker']),
    POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  });

const isSet = (value: string | undefined): boolean => value !== undefined && value.trim() !== '';

function rolesOf(text: string, problems: z.RefinementCtx): readonly SubgraphRole[] {
  const named = text.split(',').map((role) => role.trim());
  const roles = named.filter((role) => role === 'api' || role === 'worker');
  if (roles.length === named.length && new Set(roles).size === roles.length) return roles;
  problems.addIssue({ code: 'custom', message: 'api, worker, or api,worker' });
  return z.NEVER;
}

const publicKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), kid: z.string().min(1), x: z.string().min(1) });
const keySet = z.object({ keys: z.array(publicKey).min(1) });

function publicKeysOf(path: string, problems: z.RefinementCtx): readonly JWK[] {
  const refuse = (message: string): never => {
    problems.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  let text: unknown;
  try {
    text = jsonFile(path);
  } catch {
    return refuse(unreadable);
  }
  const { data } = keySet.safeParse(text);
  if (data === undefined) return refuse('the file it names is no set of Ed25519 keys, { "keys": [...] }');
  // A verifier has no use for them, and whoever reads the file could sign as the gateway.
  if (data.keys.some((key) => 'd' in key)) return refuse('the file it names holds private keys: give the public ones');
  return data.keys;
}

const unreadable = 'the file it names cannot be read as JSON: check path, permissions and contents';
const jsonFile = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/**
 * A JSON file that a variable names: keys and key sets. What is in it is the caller's to check.
 *
 * @throws {StartupError} it cannot be read, or is no JSON.
 */
export function readJsonFile<T>(variable: string, path: string): T {
  try {
    return jsonFile(path) as T;
  } catch (cause) {
    throw new StartupError(`${variable}: ${unreadable}`, { cause });
  }
}
