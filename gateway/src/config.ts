import { join, resolve } from 'node:path';
import { eventLogAddressOf, eventLogSettings, type EventLogAddress } from '@tally/messaging';
import { redisAddressOf, redisSettings, type RedisAddress } from '@tally/redis';
import { fileText, portNumber, readEnvironment, StartupError } from '@tally/runtime';
import type { SigningKey } from '@tally/identity';
import { z } from 'zod';
import type { Landing } from './http/home-page.ts';
import { loadSessionTopic, type SessionTopic } from './identity/session-topic.ts';
import { limitsProfiles, type LimitsProfile } from './limits/profile.ts';
import type { RateLimitsSource } from './limits/rate-limits.ts';
import type { SupergraphSource } from './supergraph/load.ts';
import type { LocalSubgraph } from './transport/local.ts';

/** A set of public keys in this process, or the URL of one. */
export type UsersJwks = string | (() => Promise<{ readonly keys: readonly SigningKey['publicJwk'][] }>);

/** Everything the gateway is told. Durations in milliseconds. */
export interface GatewayConfig {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** `null`: whoever starts the process serves the metrics of all its parts. */
  readonly metricsPort: number | null;
  /** OTLP/HTTP collector; absent: spans are not recorded. */
  readonly otlpEndpoint?: string;
  readonly production: boolean;
  readonly logLevel: string;
  readonly supergraph: SupergraphSource;
  /** Subgraphs of this process, by name; the others are reached over HTTP. */
  readonly subgraphs?: Readonly<Record<string, LocalSubgraph>>;
  /** Addresses that replace those of the supergraph, by name. */
  readonly subgraphUrls?: Readonly<Record<string, string>>;
  /** `null`: callers are anonymous and subgraphs get no token, as foreign graphs expect. Production refuses to start without. */
  readonly identity: { readonly usersJwks: UsersJwks; readonly signingKey: SigningKey } | null;
  readonly limits: LimitsProfile;
  readonly rateLimits: RateLimitsSource;
  /** Where attempts are counted for all gateways together; `null`: each counts for itself. */
  readonly redis: RedisAddress | null;
  /** How many gateways share the rate limits while each counts for itself. */
  readonly replicas: number;
  /** Proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number;
  /** With it a caller may ask for the schema in production. */
  readonly introspectionScope: string;
  readonly explorer: boolean;
  /** Where events come from; `null`: subscriptions are refused as EVENTS_UNAVAILABLE, and ended sessions live out their tokens. */
  readonly eventLog: EventLogAddress | null;
  /** Where the ends of sessions are told; `null`: nowhere. */
  readonly sessions: SessionTopic | null;
  /** Pages of other origins that may open WebSockets, as `https://host[:port]`; the gateway's own origin always may. */
  readonly allowedOrigins: readonly string[];
  /** Folders of files served as they are, below a path such as `/tracker`. */
  readonly pages: readonly Page[];
  readonly landing: Landing;
  /** Operations that metrics and spans may name; all others are `other`. */
  readonly operationNames: readonly string[];
  /** Of one client request; what is missing by then is an error of its place. */
  readonly requestDeadlineMs: number;
  /** What a shutdown waits for requests under way. */
  readonly drainMs: number;
}

/** Folder of a page, and the path it is served below: begins with a slash and does not end with one. */
export interface Page {
  readonly path: string;
  readonly folder: string;
}

const packageFolder = join(import.meta.dirname, '..');

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(4000),
  METRICS_PORT: portNumber(9400),
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SUPERGRAPH_PATH: z.string().optional(),
  USERS_JWKS_URL: z.url().optional(),
  GATEWAY_SIGNING_KEY_FILE: z.string().optional(),
  LIMITS_PROFILE: z.enum(limitsProfiles).default('default'),
  LIMITS_PATH: z.string().optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  INTROSPECTION_SCOPE: z.string().min(1).default('schema:introspect'),
  EXPLORER: z.enum(['on', 'off']).optional(),
  ...eventLogSettings,
  ...redisSettings,
  GATEWAY_REPLICAS: z.coerce.number().int().min(1).max(1_000).default(1),
  SESSIONS_PATH: z.string().optional(),
  ALLOWED_ORIGINS: z.string().transform(originsOf).default([]),
  PAGES: z.string().transform(pagesOf).default([]),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

function originsOf(text: string, problems: z.RefinementCtx): readonly string[] {
  const origins = text.split(',').map((one) => one.trim());
  if (origins.every((one) => URL.canParse(one) && new URL(one).origin === one)) return origins;
  problems.addIssue({ code: 'custom', message: 'origins such as https://shop.example, separated by commas' });
  return z.NEVER;
}

function pagesOf(text: string, problems: z.RefinementCtx): readonly Page[] {
  const pages = text.split(',').map((one) => /^\s*(?<path>(?:\/[a-z0-9-]+)+)=(?<folder>.+?)\s*$/.exec(one)?.groups);
  if (pages.every((page) => page !== undefined)) return pages.map(({ path = '', folder = '' }) => ({ path, folder: resolve(folder) }));
  problems.addIssue({ code: 'custom', message: 'path and folder, such as /tracker=examples/tracker/dist, separated by commas' });
  return z.NEVER;
}

const subgraphUrlPrefix = 'SUBGRAPH_URL_';

/**
 * Reads the configuration. Without `SUPERGRAPH_PATH` it is our own graph with our own rate limits; a foreign graph has none unless `LIMITS_PATH` names
 * them.
 *
 * @throws {StartupError} all that is wrong, in one line.
 */
export function readGatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const given = readEnvironment(environment, env);
  const production = given.NODE_ENV === 'production';
  if (production && given.LIMITS_PROFILE !== 'default') {
    throw new StartupError(`LIMITS_PROFILE=${given.LIMITS_PROFILE} is for tests: unset it, production runs on the default limits`);
  }
  const limitsPath = given.LIMITS_PATH ?? (given.SUPERGRAPH_PATH === undefined ? join(packageFolder, 'limits.json') : null);
  const sessionsPath = given.SESSIONS_PATH ?? (given.SUPERGRAPH_PATH === undefined ? join(packageFolder, 'sessions.json') : null);
  return {
    host: given.HOST,
    port: given.PORT,
    metricsPort: given.METRICS_PORT,
    ...(given.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? {} : { otlpEndpoint: given.OTEL_EXPORTER_OTLP_ENDPOINT }),
    production,
    logLevel: given.LOG_LEVEL,
    supergraph: { path: given.SUPERGRAPH_PATH ?? join(packageFolder, 'supergraph.graphql') },
    subgraphUrls: readSubgraphUrls(env),
    identity: readIdentity(given.USERS_JWKS_URL, given.GATEWAY_SIGNING_KEY_FILE),
    limits: given.LIMITS_PROFILE,
    rateLimits: limitsPath === null ? null : { path: limitsPath },
    redis: redisAddressOf(given),
    replicas: given.GATEWAY_REPLICAS,
    trustedProxies: given.TRUSTED_PROXIES,
    introspectionScope: given.INTROSPECTION_SCOPE,
    eventLog: eventLogAddressOf(given),
    sessions: sessionsPath === null ? null : loadSessionTopic(sessionsPath),
    allowedOrigins: given.ALLOWED_ORIGINS,
    pages: given.PAGES,
    explorer: given.EXPLORER === undefined ? !production : given.EXPLORER === 'on',
    landing: { title: 'Tally', version: '0.1.0', links: standardLinks, demoAccounts: [] },
    operationNames: [],
    requestDeadlineMs: 15_000,
    drainMs: 20_000,
  };
}

/** Links of the home page that hold for every gateway. */
export const standardLinks = [
  { label: 'GraphQL Sandbox', href: '/graphql' },
  { label: 'Offline explorer', href: '/explorer/' },
  { label: 'Health', href: '/health' },
] as const;

function readSubgraphUrls(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const urls: Record<string, string> = {};
  for (const [name, url] of Object.entries(env)) {
    if (!name.startsWith(subgraphUrlPrefix) || url === undefined || url === '') continue;
    if (!URL.canParse(url)) throw new StartupError(`configuration: ${name} is not a URL`);
    urls[name.slice(subgraphUrlPrefix.length).toLowerCase().replaceAll('_', '-')] = url;
  }
  return urls;
}

function readIdentity(usersJwks: string | undefined, keyFile: string | undefined): GatewayConfig['identity'] {
  if (usersJwks === undefined && keyFile === undefined) return null;
  if (usersJwks === undefined || keyFile === undefined) {
    const missing = usersJwks === undefined ? 'USERS_JWKS_URL' : 'GATEWAY_SIGNING_KEY_FILE';
    throw new StartupError(`configuration: ${missing} is missing; identity needs both, a foreign graph neither`);
  }
  return { usersJwks, signingKey: parseSigningKey(fileText('GATEWAY_SIGNING_KEY_FILE', keyFile)) };
}

const keyShape = z.object({
  kid: z.string(),
  privateJwk: z.looseObject({ kty: z.string(), d: z.string() }),
  publicJwk: z.looseObject({ kty: z.string(), x: z.string() }),
});

function parseSigningKey(text: string): SigningKey {
  try {
    return keyShape.parse(JSON.parse(text));
  } catch {
    // The cause would quote the key.
    throw new StartupError('GATEWAY_SIGNING_KEY_FILE: not a signing key ({ kid, privateJwk, publicJwk })');
  }
}
