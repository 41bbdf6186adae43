import type { DatabaseUrls, PlatformKeys } from '@tally/embedded';
import type { KafkaAddress } from '@tally/messaging';
import type { KeyFiles } from './key-files.ts';
import { answering, subgraphNames, type AppName, type ProcessSpec } from './system.ts';

/** Variables of one process. */
export type Variables = Readonly<Record<string, string>>;

/** What differs between systems, besides their processes. */
export interface SystemSettings {
  /** Schemas that are bootstrapped and migrated. */
  readonly urls: DatabaseUrls;
  readonly keys: PlatformKeys;
  readonly host: string;
  readonly limits: 'default' | 'load' | 'off';
  readonly production: boolean;
  readonly logLevel: string;
  readonly otlpEndpoint: string | null;
  /** `null`: the log is in the database. */
  readonly kafka: KafkaAddress | null;
  /** `null`: each process keeps hot reads and rate limits for itself. */
  readonly redis: { readonly url: string; readonly prefix: string } | null;
  /** Catalogue rows that products keeps at hand; 0: none. */
  readonly hotReadsMax: number;
  /** Mail server; `null`: mails are kept, and read through the graph. */
  readonly smtpUrl: string | null;
  /** Folders that gateways serve as they are. */
  readonly pages: readonly { readonly path: string; readonly folder: string }[];
}

/** The whole environment of a process: exactly what docs/operations.md lists for its app. */
export function variablesOf(spec: ProcessSpec, processes: readonly ProcessSpec[], settings: SystemSettings, files: KeyFiles): Variables {
  const { host, logLevel, otlpEndpoint } = settings;
  return {
    HOST: host,
    PORT: String(spec.port),
    LOG_LEVEL: logLevel,
    ...(spec.metricsPort === null ? {} : { METRICS_PORT: String(spec.metricsPort) }),
    ...(otlpEndpoint === null || spec.app === 'payment-simulator' ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }),
    ...(spec.app === 'payment-simulator' ? {} : logVariables(settings, files)),
    ...(spec.app === 'payment-simulator' || spec.app === 'gateway'
      ? {}
      : { GATEWAY_JWKS_FILE: files.gatewayJwks, ROLES: spec.roles.join(',') }),
    ...ownVariables(spec.app, processes, settings, files),
  };
}

/** Where a process is reached from this machine. */
export function originOf({ port }: ProcessSpec, host: string): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${String(port)}`;
}

function ownVariables(app: AppName, processes: readonly ProcessSpec[], settings: SystemSettings, files: KeyFiles): Variables {
  const { urls, keys, smtpUrl, hotReadsMax } = settings;
  const origin = (of: AppName): string => originOf(answering(processes, of), settings.host);
  switch (app) {
    case 'payment-simulator':
      return { SIMULATOR_DATABASE_URL: urls.simulator.app, SIMULATOR_WEBHOOK_SECRET: keys.webhookSecret };
    case 'users':
      return { USERS_DATABASE_URL: urls.users.app, USERS_SIGNING_KEY_FILE: files.usersKey, USERS_PEPPER_FILE: files.pepper };
    case 'products':
      return { PRODUCTS_DATABASE_URL: urls.products.app, HOT_READS_MAX: String(hotReadsMax), ...redisVariables(settings) };
    case 'payments':
      return { PAYMENTS_DATABASE_URL: urls.payments.app, PAYMENT_SIMULATOR_URL: origin('payment-simulator') };
    case 'orders':
      return { ORDERS_DATABASE_URL: urls.orders.app };
    case 'notifications':
      return {
        NOTIFICATIONS_DATABASE_URL: urls.notifications.app,
        SHOP_URL: origin('gateway'),
        ...(smtpUrl === null ? {} : { SMTP_URL: smtpUrl }),
      };
    case 'gateway':
      return {
        NODE_ENV: settings.production ? 'production' : 'development',
        LIMITS_PROFILE: settings.limits,
        GATEWAY_REPLICAS: String(processes.filter((process) => process.app === 'gateway').length),
        GATEWAY_SIGNING_KEY_FILE: files.gatewayKey,
        USERS_JWKS_URL: `${origin('users')}/.well-known/jwks.json`,
        ...Object.fromEntries(subgraphNames.map((name) => [`SUBGRAPH_URL_${name.toUpperCase()}`, `${origin(name)}/graphql`])),
        ...(settings.pages.length === 0 ? {} : { PAGES: settings.pages.map(({ path, folder }) => `${path}=${folder}`).join(',') }),
        ...redisVariables(settings),
      };
  }
}

function logVariables({ kafka, urls }: SystemSettings, files: KeyFiles): Variables {
  if (kafka === null) return { EVENT_LOG_DATABASE_URL: urls.event_log.app };
  const { brokers, prefix, tls, credentials } = kafka;
  return {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_PREFIX: prefix,
    KAFKA_TLS: tls === null ? 'off' : 'on',
    ...(files.kafkaCa === null ? {} : { KAFKA_CA_FILE: files.kafkaCa }),
    ...(credentials === null
      ? {}
      : { KAFKA_USERNAME: credentials.username, KAFKA_PASSWORD: credentials.password, KAFKA_MECHANISM: credentials.mechanism }),
  };
}

function redisVariables({ redis }: SystemSettings): Variables {
  return redis === null ? {} : { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
}
