import {
  createCachedSigner,
  createSigner,
  createVerifier,
  accessAudience,
  accessIssuer,
  gatewayIssuer,
  localKeys,
  remoteKeys,
  type Caller,
} from '@tally/identity';
import { openEventLog, type EventLog } from '@tally/messaging';
import { openRedis } from '@tally/redis';
import { createLogger, startMetricsServer, startTelemetry, StartupError, type Logger } from '@tally/runtime';
import { createAdmission } from './admission.ts';
import { createAnswer } from './answer.ts';
import type { GatewayConfig } from './config.ts';
import type { Execute } from './execution/execute.ts';
import { createStockExecutor } from './execution/stock-executor.ts';
import { gatewayReadiness } from './health.ts';
import { startApollo } from './http/apollo.ts';
import { explorerPath } from './http/explorer.ts';
import { createGatewayInterface } from './http/gateway-interface.ts';
import { startServer } from './http/server.ts';
import { createAuthenticate, everybodyIsAnonymous, type Authenticate } from './identity/authenticate.ts';
import { noKeysNeeded, watchKeys, type KeyWatch } from './identity/key-watch.ts';
import { createPresences } from './identity/presences.ts';
import { startRevocations, type Revocations } from './identity/revocations.ts';
import { createAuthorisationFor, withoutToken, type AuthorisationFor } from './identity/subgraph-tokens.ts';
import { createAdmit } from './limits/admission.ts';
import { limitsOf } from './limits/profile.ts';
import { createCountersOnRedis } from './limits/counters-on-redis.ts';
import { createRateLimiterTelemetry } from './limits/rate-limiter-telemetry.ts';
import { createRateLimiter } from './limits/rate-limiter.ts';
import { checkCoordinates, loadRateLimits } from './limits/rate-limits.ts';
import { createMask } from './masking.ts';
import { operationBound } from './planning/bounded.ts';
import { planOperation, type GraphOperation } from './planning/operation.ts';
import { createPlanCache } from './planning/plan-cache.ts';
import { createReadDocuments } from './planning/read-document.ts';
import { createStreams } from './subscriptions/create-streams.ts';
import { createStreamTelemetry } from './subscriptions/stream-telemetry.ts';
import { loadSupergraph } from './supergraph/load.ts';
import { createGatewayTelemetry, type GatewayTelemetry } from './telemetry.ts';
import { openTransports } from './transport/open-transports.ts';
import { createSubgraphClient } from './transport/subgraph-client.ts';

/** Over which open streams are ended, in milliseconds; few of them take less. */
const streamsLeaveMs = 5_000;

/** What may be handed in instead of being opened. */
export interface GatewayOverrides {
  readonly logger?: Logger;
  /** Wraps the execution engine, for tests and for the engine that will replace it. */
  readonly execute?: (stock: Execute) => Execute;
  /** Used and not closed; else one is opened at the configured address. */
  readonly eventLog?: EventLog;
}

/** A running gateway. Disposal drains: it finishes what was accepted, then closes. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts the gateway.
 *
 * @throws {StartupError} supergraph, rate limits, missing keys or port: one line that says what to do.
 */
export async function startGateway(config: GatewayConfig, overrides: GatewayOverrides = {}): Promise<Gateway> {
  const { production } = config;
  if (production && config.identity === null) {
    throw new StartupError('USERS_JWKS_URL and GATEWAY_SIGNING_KEY_FILE are missing: production needs both');
  }
  await using stack = new AsyncDisposableStack();
  const logger = overrides.logger ?? createLogger({ service: 'gateway', level: config.logLevel });
  // First opened, last closed: what the others say while they stop is still flushed.
  if (config.metricsPort !== null) await serveMetrics(stack, config, config.metricsPort);
  const telemetry = createGatewayTelemetry();

  const eventLog = overrides.eventLog ?? (await openLog(stack, config, logger));

  const redis = config.redis !== null ? stack.use(await openRedis({ address: config.redis, name: 'gateway', logger })) : null;

  const generation = await loadSupergraph(config.supergraph);
  const limits = limitsOf[config.limits];
  const rateLimits = await loadRateLimits(limits.rateFactor === 0 ? null : config.rateLimits);
  checkCoordinates(rateLimits, generation.apiSchema);
  if (rateLimits.buckets.length === 0) logger.warn({}, 'no rate limits are configured');

  const revocations = stack.use(await startRevocations({ eventLog, topic: config.identity === null ? null : config.sessions, logger }));
  const identity = openIdentity(config, revocations, logger);
  stack.use(identity.keys);
  const transports = stack.use(
    openTransports(
      generation.subgraphs.filter(({ virtual }) => !virtual),
      config,
    ),
  );
  const client = createSubgraphClient({
    transports: transports.bySubgraph,
    authorisationFor: identity.authorisationFor,
    logger,
    tracer: telemetry.tracer,
    fetched: telemetry.subgraphFetched,
  });
  const plans = createPlanCache<GraphOperation>({
    bound: operationBound,
    makePlan: (operation) => planTraced(operation, telemetry),
    lookedUp: telemetry.planLookedUp,
  });
  const stock = createStockExecutor({ plans, fetchFromSubgraph: client.fetch, logger });
  const execute = overrides.execute?.(stock) ?? stock;
  const admission = createAdmission({
    buckets: rateLimits.buckets,
    rateLimiter: createRateLimiter({
      factor: limits.rateFactor,
      together: redis === null ? null : createCountersOnRedis(redis),
      replicas: config.replicas,
      telemetry: createRateLimiterTelemetry(telemetry),
    }),
    mayIntrospect: (caller) => !production || hasScope(caller, config.introspectionScope),
  });
  const answer = createAnswer({ admission, execute });
  const admit = createAdmit(limits);
  const streams = stack.use(
    await createStreams({
      generation,
      readDocument: createReadDocuments({ maxTokens: limits.tokens }),
      admit,
      admission,
      plans,
      execute,
      mask: createMask(logger),
      telemetry: createStreamTelemetry(),
      rejected: telemetry.requestRejected,
      deadlineMs: config.requestDeadlineMs,
      eventLog,
      logger,
    }),
  );

  const gateway = createGatewayInterface({
    generation,
    answer,
    knownOperations: new Set(config.operationNames),
    showValueCompletion: !production,
  });
  const apollo = await startApollo({
    gateway,
    production,
    maxTokens: limits.tokens,
    explorerPath: config.explorer ? explorerPath : null,
    logger,
  });
  stack.defer(() => apollo.stop());

  const state = { draining: false };
  const server = await startServer({
    address: config,
    graphql: { apollo, authenticate: identity.authenticate, admit, telemetry, deadlineMs: config.requestDeadlineMs },
    landing: shown(config),
    explorer: config.explorer,
    pages: config.pages,
    streams: {
      open: streams.open,
      presences: stack.use(createPresences({ revocations, logger })),
      allowedOrigins: config.allowedOrigins,
      limits: limits.streams,
    },
    ready: gatewayReadiness({
      draining: () => state.draining,
      keys: identity.keys,
      subgraphs: client.states,
      others: () => (redis === null ? {} : { redis: redis.state }),
    }),
    maxBodyBytes: limits.bodyBytes,
    trustedProxies: config.trustedProxies,
    logger,
  });
  stack.defer(() => server.drain(config.drainMs));
  // Before the sockets, which would all go at once: their clients would all come back at once.
  stack.defer(() => streams.drain(Math.min(streamsLeaveMs, config.drainMs)));
  stack.defer(() => {
    state.draining = true;
    server.refuseStreams();
  });

  logger.info(
    { url: server.url, subgraphs: generation.subgraphs.map(({ name }) => name), supergraph: generation.hash.slice(0, 12) },
    'gateway is up',
  );
  const owned = stack.move();
  return { url: server.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function serveMetrics(stack: AsyncDisposableStack, { host, otlpEndpoint }: GatewayConfig, port: number): Promise<void> {
  const telemetry = stack.use(startTelemetry({ service: 'gateway', ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }) }));
  stack.use(await startMetricsServer({ port, host, telemetry }));
}

/** `null`: there are no events here. */
const openLog = async (stack: AsyncDisposableStack, { eventLog }: GatewayConfig, logger: Logger): Promise<EventLog | null> =>
  eventLog === null ? null : stack.use(await openEventLog(eventLog, { topics: [], logger, clientId: 'gateway' }));

interface Identity {
  readonly authenticate: Authenticate;
  readonly authorisationFor: AuthorisationFor;
  readonly keys: KeyWatch;
}

function openIdentity({ identity }: GatewayConfig, revocations: Revocations, logger: Logger): Identity {
  if (identity === null) return { authenticate: everybodyIsAnonymous, authorisationFor: withoutToken, keys: noKeysNeeded };
  const { usersJwks, signingKey } = identity;
  const keys = typeof usersJwks === 'string' ? remoteKeys(usersJwks) : localKeys(usersJwks);
  const verifier = createVerifier({ kind: 'access', issuer: accessIssuer, audience: accessAudience, keys });
  const signer = createCachedSigner(createSigner({ kind: 'gateway', issuer: gatewayIssuer, key: signingKey }));
  return {
    authenticate: createAuthenticate(verifier, revocations, logger),
    authorisationFor: createAuthorisationFor(signer),
    keys: watchKeys(keys, logger),
  };
}

function planTraced(operation: GraphOperation, { tracer, planMade }: GatewayTelemetry): ReturnType<typeof planOperation> {
  const startedAt = performance.now();
  return tracer.startActiveSpan('plan', (span) => {
    try {
      return planOperation(operation);
    } finally {
      span.end();
      planMade((performance.now() - startedAt) / 1000);
    }
  });
}

/** What the home page may say here: no accounts in production, and no link to what is switched off. */
function shown({ production, explorer, landing }: GatewayConfig): GatewayConfig['landing'] {
  const off = new Set([...(production ? ['/graphql'] : []), ...(explorer ? [] : [explorerPath])]);
  return { ...landing, links: landing.links.filter(({ href }) => !off.has(href)), demoAccounts: production ? [] : landing.demoAccounts };
}

const hasScope = (caller: Caller, scope: string): boolean => caller.kind !== 'anonymous' && caller.scopes.includes(scope);
