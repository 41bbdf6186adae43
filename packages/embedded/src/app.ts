import { startGateway, readGatewayConfig, standardLinks, type LimitsProfile, type Page } from '@tally/gateway';
import { endOf, forgetMembers, openEventLog, type EventLog, type EventLogAddress, type KafkaAddress } from '@tally/messaging';
import { notificationsStandards, startNotifications, type DeliveryConfig } from '@tally/notifications';
import { ordersStandards, startOrders } from '@tally/orders';
import { startPaymentSimulator } from '@tally/payment-simulator';
import { standardWork, startPayments } from '@tally/payments';
import { startProducts } from '@tally/products';
import type { RedisAddress } from '@tally/redis';
import { createLogger, startMetricsServer, startTelemetry, type Logger } from '@tally/runtime';
import { allTopics, type SubgraphConfig, type SubgraphOverrides } from '@tally/subgraph-kit';
import { startUsers } from '@tally/users';
import type { DatabaseUrls, SchemaName } from './database/roles.ts';
import type { PlatformKeys } from './keys.ts';

export interface PlatformConfig {
  /** Schemas that are bootstrapped and migrated. */
  readonly urls: DatabaseUrls;
  readonly keys: PlatformKeys;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** `null`: no metrics are served. */
  readonly metricsPort: number | null;
  readonly simulatorPort: number;
  readonly limits: LimitsProfile;
  readonly production: boolean;
  /** No other process works on these schemas: what a killed one held is taken over without waiting for its leases. */
  readonly soleProcess: boolean;
  readonly otlpEndpoint: string | null;
  /** `null`: the log is in the database. */
  readonly kafka: KafkaAddress | null;
  /** Catalogue rows that products keeps at hand; 0: none. */
  readonly hotReadsMax: number;
  /** `null`: catalogue rows and rate limits are kept in this process. */
  readonly redis: RedisAddress | null;
  /** Mail server; `null`: mails are kept, and read through the graph. */
  readonly smtpUrl: string | null;
  /** Folders the gateway serves as they are. */
  readonly pages: readonly Page[];
  /** Shown on the start page outside production. */
  readonly demoAccounts: readonly { readonly role: string; readonly email: string; readonly password: string }[];
}

/** What tests may hand in. */
export interface PlatformOverrides extends Pick<SubgraphOverrides, 'clock' | 'logger'> {
  /** Called with each subgraph's statements. */
  readonly onStatement?: (subgraph: string, text: string) => void;
  /** What differs from the standard delivery of mails. */
  readonly delivery?: Partial<DeliveryConfig>;
}

/** The whole platform in this process. Disposal stops the gateway first and the log last; PostgreSQL is not its own. */
export interface Platform extends AsyncDisposable {
  /** Of the gateway. */
  readonly url: string;
  readonly simulatorUrl: string;
  readonly metricsUrl: string | null;
  readonly eventLog: EventLog;
  /** Everything that was in outboxes and topics when this was called has had its effect. */
  caughtUp(): Promise<void>;
  /** Rejects when a consumer of any subgraph had to stop for good. */
  readonly ended: Promise<unknown>;
}

/**
 * Starts simulator, subgraphs and gateway in one process. The gateway calls the subgraphs in-process, with the same tokens as over HTTP; the log is the
 * Postgres log, its tables included, unless a Kafka is named.
 *
 * @throws {StartupError} one line that says what to do.
 */
export async function startPlatform(config: PlatformConfig, overrides: PlatformOverrides = {}): Promise<Platform> {
  const { urls, keys, host } = config;
  await using stack = new AsyncDisposableStack();
  const logger: Logger = overrides.logger ?? createLogger({ service: 'tally' });
  const metricsUrl = config.metricsPort === null ? null : await serveMetrics(stack, config, config.metricsPort);
  const log: EventLogAddress = config.kafka ?? { kind: 'postgres', databaseUrl: urls.event_log.app };
  if (config.soleProcess && log.kind === 'postgres') await forgetMembers(log.databaseUrl);
  const eventLog = stack.use(await openEventLog(log, { topics: allTopics(), logger, clientId: 'tally', wake: 'process' }));
  const simulator = stack.use(
    await startPaymentSimulator({
      databaseUrl: urls.simulator.app,
      port: config.simulatorPort,
      host,
      webhookSecret: keys.webhookSecret,
      logger,
    }),
  );

  const subgraphConfig = (name: SchemaName): SubgraphConfig => ({
    databaseUrl: urls[name].app,
    poolSize: 10,
    http: null,
    metricsPort: null,
    roles: ['api', 'worker'],
    gatewayKeys: [keys.gateway.publicJwk],
    log,
    wake: 'process',
    otlpEndpoint: config.otlpEndpoint,
  });
  const overridesOf = (name: string): SubgraphOverrides => ({
    eventLog,
    logger,
    ...(overrides.clock === undefined ? {} : { clock: overrides.clock }),
    ...(overrides.onStatement === undefined ? {} : { onStatement: (text) => overrides.onStatement?.(name, text) }),
  });
  const users = stack.use(
    await startUsers({ ...subgraphConfig('users'), signingKey: keys.users, pepper: keys.pepper }, overridesOf('users')),
  );
  const products = stack.use(
    await startProducts({ ...subgraphConfig('products'), hotReadsMax: config.hotReadsMax, redis: config.redis }, overridesOf('products')),
  );
  const payments = stack.use(
    await startPayments(
      { ...subgraphConfig('payments'), simulatorUrl: simulator.url, work: standardWork, soleWorker: config.soleProcess },
      overridesOf('payments'),
    ),
  );
  const orders = stack.use(await startOrders({ ...subgraphConfig('orders'), ...ordersStandards }, overridesOf('orders')));
  const notifications = stack.use(
    await startNotifications(
      {
        ...subgraphConfig('notifications'),
        ...notificationsStandards,
        delivery: { ...notificationsStandards.delivery, ...overrides.delivery },
        ...(config.port === 0 ? {} : { shopUrl: `http://${host}:${String(config.port)}` }),
        smtpUrl: config.smtpUrl,
        soleWorker: config.soleProcess,
      },
      overridesOf('notifications'),
    ),
  );
  const running = { users, products, payments, orders, notifications };

  const gateway = stack.use(
    await startGateway(
      {
        ...readGatewayConfig({ NODE_ENV: config.production ? 'production' : 'development', LIMITS_PROFILE: config.limits }),
        host,
        port: config.port,
        metricsPort: null,
        redis: config.redis,
        subgraphs: Object.fromEntries(
          Object.entries(running).flatMap(([name, { subgraph }]) => (subgraph === null ? [] : [[name, subgraph]])),
        ),
        identity: { usersJwks: users.jwks, signingKey: keys.gateway },
        pages: config.pages,
        landing: {
          title: 'Tally',
          version: '0.1.0',
          links: [...config.pages.map(({ path }) => ({ label: 'Order tracker', href: `${path}/` })), ...standardLinks],
          demoAccounts: config.demoAccounts.map(({ role, email, password }) => ({ role, login: email, password })),
        },
      },
      { logger: logger.child({ part: 'gateway' }), eventLog },
    ),
  );
  const owned = stack.move();
  return {
    url: gateway.url,
    simulatorUrl: simulator.url,
    metricsUrl,
    eventLog,
    ended: endOf(...[products, payments, orders, notifications].flatMap(({ ended }) => (ended === null ? [] : [{ ended }]))),
    async caughtUp() {
      // First what others wait for, then those who wait.
      await Promise.all([users.caughtUp(), products.caughtUp(), payments.caughtUp()]);
      await orders.caughtUp();
      await notifications.caughtUp();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function serveMetrics(stack: AsyncDisposableStack, config: PlatformConfig, port: number): Promise<string> {
  const telemetry = stack.use(
    startTelemetry({ service: 'tally', ...(config.otlpEndpoint === null ? {} : { otlpEndpoint: config.otlpEndpoint }) }),
  );
  const server = stack.use(await startMetricsServer({ port, host: config.host, telemetry }));
  return `${server.url}/metrics`;
}
