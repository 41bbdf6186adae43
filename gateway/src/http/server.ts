import { addHealthRoutes, listen, type Logger, type Readiness } from '@tally/runtime';
import fastify, { type FastifyInstance } from 'fastify';
import type { Page } from '../config.ts';
import { addEdgeErrors } from './edge-errors.ts';
import { addExplorer } from './explorer.ts';
import { addGraphqlRoute, type GraphqlRouteOptions } from './graphql-route.ts';
import { addHomePage, type Landing } from './home-page.ts';
import { addPage } from './pages.ts';
import { addStreams } from './streams/add-streams.ts';
import type { StreamsOptions } from './streams/stream-options.ts';

export interface ServerOptions {
  readonly address: { readonly port: number; readonly host: string };
  readonly graphql: GraphqlRouteOptions;
  readonly landing: Landing;
  readonly explorer: boolean;
  /** Folders of files served as they are. */
  readonly pages: readonly Page[];
  readonly streams: StreamsOptions;
  readonly ready: () => Readiness;
  readonly maxBodyBytes: number;
  /** Proxies in front whose `X-Forwarded-For` is believed; 0: none. */
  readonly trustedProxies: number;
  readonly logger: Logger;
}

/** The HTTP server. */
export interface Server {
  readonly url: string;
  /** Takes no sockets and no streams from here on; those that are open stay. Sockets without a stream are closed with 1001. */
  refuseStreams(): void;
  /**
   * Closes the sockets with 1001, finishes what was accepted and closes: idle connections at once, the others with their answer, whatever is left after `patienceMs`.
   */
  drain(patienceMs: number): Promise<void>;
}

/**
 * Serves `/`, `/graphql`, `/explorer`, `/health` and the pages. Closed to other origins: no CORS header is ever sent.
 *
 * @throws {StartupError} the port is taken; a page's folder is not there.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { address, graphql, landing, explorer, pages, ready, maxBodyBytes, trustedProxies, logger } = options;
  let draining = false;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    trustProxy: trustedProxies > 0 && ((_: string, hop: number) => hop < trustedProxies),
    // What arrives on an open connection while draining is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    // What asks for another protocol than WebSocket is answered as if it had not asked (RFC 9110, 7.8).
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
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
  for (const page of pages) await addPage(app, page);
  using stack = new DisposableStack();
  const streams = stack.use(addStreams(app, { ...options.streams, ...graphql, trustedProxies, logger }));
  addGraphqlRoute(app, graphql, streams);
  const url = await listen(app, address);
  const owned = stack.move();
  return {
    url,
    refuseStreams() {
      streams.refuse();
    },
    async drain(patienceMs) {
      draining = true;
      streams.refuse();
      streams.closeSockets();
      await closeWithin(app, patienceMs, () => streams.cutSockets());
      owned.dispose();
    },
  };
}

async function closeWithin(app: FastifyInstance, patienceMs: number, cutSockets: () => void): Promise<void> {
  const overdue = setTimeout(() => {
    app.server.closeAllConnections();
    cutSockets();
  }, patienceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(overdue);
  }
}
