import { addHealthRoutes, type Logger, type Readiness } from '@tally/runtime';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { noToken, refused } from './admission.ts';
import { maskFault } from './masking.ts';
import type { SubgraphRequest, SubgraphResponse } from './start-subgraph.ts';
import type { Viewer } from './viewer.ts';

const maxBodyBytes = 4 * 1024 * 1024;
/** Until the whole body is there. A request that never ends would otherwise hold up the shutdown. */
const requestTimeoutMs = 10_000;

/** Longer than the gateway waits for an answer: after that nobody listens on any connection. */
const drainMs = 15_000;

/** The subgraph's port. */
export interface Http {
  readonly app: FastifyInstance;
  /** Lets what was accepted finish, for at most 15 s. */
  close(): Promise<void>;
}

/** The subgraph over HTTP. Whoever is not the gateway is refused before the body is read; every answer but a route of its own is GraphQL. */
export function createHttp(options: {
  readonly admit: (headers: SubgraphRequest['headers']) => Promise<Viewer | null>;
  readonly execute: (headers: SubgraphRequest['headers'], body: unknown) => Promise<SubgraphResponse>;
  readonly ready: () => Promise<Readiness>;
  readonly routes: ((app: FastifyInstance) => void) | undefined;
  readonly logger: Logger;
}): Http {
  const { admit, execute, ready, routes, logger } = options;
  // Requests that were accepted are served while the server closes; its own 503 would lose them.
  const app = fastify({ bodyLimit: maxBodyBytes, requestTimeout: requestTimeoutMs, return503OnClosing: false });
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send(refused(404, 'NOT_FOUND', 'Not found.').body));
  app.setErrorHandler<FastifyError>(async (error, _, reply) => {
    const { status, body } = answerOf(error, logger);
    return reply.code(status).send(body);
  });
  let closing = false;
  app.addHook('onSend', async (_, reply) => {
    // Else the connection stays open after the answer, and the server waits for its peer to let go.
    if (closing) void reply.header('connection', 'close');
  });
  addHealthRoutes(app, { ready });
  routes?.(app);
  app.post('/graphql', {
    async onRequest({ headers }, reply) {
      if ((await admit(headersOf(headers))) === null) await reply.code(noToken.status).send(noToken.body);
    },
    async handler({ headers, body }, reply) {
      const response = await execute(headersOf(headers), body);
      return reply.code(response.status).type('application/json; charset=utf-8').send(JSON.stringify(response.body));
    },
  });
  return {
    app,
    async close() {
      closing = true;
      const impatience = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await app.close();
      clearTimeout(impatience);
    },
  };
}

/** Only these reach the subgraph: no other header says who is asking. */
const headersOf = ({
  authorization,
  traceparent,
  tracestate,
}: Readonly<Record<string, string | readonly string[] | undefined>>): SubgraphRequest['headers'] => ({
  authorization: oneOf(authorization),
  traceparent: oneOf(traceparent),
  tracestate: oneOf(tracestate),
});

const oneOf = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);

function answerOf(error: FastifyError, logger: Logger): SubgraphResponse {
  const status = error.statusCode ?? 500;
  if (status === 413) return refused(413, 'LIMIT_EXCEEDED', 'At most 4 MiB at once.');
  if (status === 415) return refused(415, 'BAD_REQUEST', 'Expected application/json.');
  if (status >= 400 && status < 500) return refused(status, 'BAD_REQUEST', 'The body is no JSON.');
  return { status: 500, body: { errors: [maskFault(logger, error)] } };
}
