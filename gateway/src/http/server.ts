import { addHealthRoutes, listen, type Logger, type Readiness } from '@tally/runtime';
import fastify, { type FastifyInstance } from 'fastify';
import { addEdgeErrors } from './edge-errors.ts';
import { addExplorer } from './explorer.ts';
import { addGraphqlRoute, type GraphqlRouteOptions } from './graphql-route.ts';
import { addHomePage, type Landing } from './home-page.ts';

export interface ServerOptions {
  readonly address: { readonly port: number; readonly host: string };
  readonly graphql: GraphqlRouteOptions;
  readonly landing: Landing;
  readonly explorer: boolean;
  readonly ready: () => Readiness;
  readonly maxBodyBytes: number;
  /** Proxies in front whose `X-Forwarded-For` is believed; 0: none. */
  readonly trustedProxies: number;
  readonly logger: Logger;
}

/** The HTTP server. */
export interface Server {
  readonly url: string;
  /**
   * Finishes what was accepted and closes: idle connections at once, the others with their answer, whatever is left after `patienceMs`.
   */
  drain(patienceMs: number): Promise<void>;
}

/** Serves `/`, `/graphql`, `/explorer` and `/health`. Closed to other origins: no CORS header is ever sent. @throws {StartupError} the port is taken. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { address, graphql, landing, explorer, ready, maxBodyBytes, trustedProxies, logger } = options;
  let draining = false;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    trustProxy: trustedProxies > 0 && ((_: string, hop: number) => hop < trustedProxies),
    // What arrives on an open connection while draining is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onSend', (_, reply, payload, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    if (draining) void reply.header('connection', 'close');
    done(null, payload);
  });
  addEdgeErrors(app, logger, graphql.telemetry.requestRejected);
  addHealthRoutes(app, { ready });
  addHomePage(app, landing, () => ready().dependencies);
  if (explorer) await addExplorer(app);
  addGraphqlRoute(app, graphql);
  const url = await listen(app, address);
  return {
    url,
    async drain(patienceMs) {
      draining = true;
      await closeWithin(app, patienceMs);
    },
  };
}

async function closeWithin(app: FastifyInstance, patienceMs: number): Promise<void> {
  const overdue = setTimeout(() => {
    app.server.closeAllConnections();
  }, patienceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(overdue);
  }
}
