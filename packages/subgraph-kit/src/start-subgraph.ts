import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import type { Verifier } from '@tally/identity';
import { addHealthRoutes, listen, type Logger, type Readiness } from '@tally/runtime';
import fastify, { type FastifyInstance } from 'fastify';
import { parse, type GraphQLSchema } from 'graphql';
import { createMask } from './masking.ts';
import type { Viewer } from './viewer.ts';

/** What a request's context is made from. */
export interface SubgraphCall {
  readonly viewer: Viewer;
}

export interface SubgraphOptions<Context extends object> {
  /** Also the audience of the gateway's tokens. */
  readonly name: string;
  /** SDL, with its federation header. */
  readonly typeDefs: string;
  /** A generated `Resolvers` object, complete for this schema. */
  readonly resolvers: object;
  /** Called once per request: loaders live here. */
  readonly context: (call: SubgraphCall) => Context;
  /** Of gateway tokens for this subgraph. */
  readonly verifier: Verifier;
  /** `null`: called in-process only. */
  readonly http: { readonly port: number; readonly host: string } | null;
  readonly ready: () => Promise<Readiness> | Readiness;
  readonly logger: Logger;
  /** Further routes, such as a key set, on the same port and without a token. */
  readonly routes?: (app: FastifyInstance) => void;
}

/** A GraphQL request of the gateway, over whichever transport. Header names are lower-case. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** `status` as over HTTP; `body` as JSON would carry it, owned by the caller. */
export interface SubgraphResponse {
  readonly status: number;
  readonly body: unknown;
}

/** A running subgraph. Disposal lets what was accepted finish. */
export interface Subgraph extends AsyncDisposable {
  readonly name: string;
  readonly url: string | null;
  readonly schema: GraphQLSchema;
  /** The in-process transport: the same checks as over HTTP, by the same code. */
  execute(request: SubgraphRequest): Promise<SubgraphResponse>;
}

const tracer = trace.getTracer('tally.subgraph');
const durations = metrics.getMeter('tally.subgraph').createHistogram('http_server_request_duration_seconds', { unit: 's' });
const maxRepresentations = 500;
const maxBodyBytes = 4 * 1024 * 1024;

const refused = (status: number, code: string, message: string): SubgraphResponse => ({
  status,
  body: { errors: [{ message, extensions: { code } }] },
});

/**
 * Serves one subgraph over HTTP, in-process, or both. Nothing is answered without a gateway token for this audience: not `_entities`, not `_service`,
 * not `__typename` (docs/security.md, trust). Health paths need no token.
 *
 * @throws {StartupError} the port is taken.
 */
export async function startSubgraph<Context extends object>(options: SubgraphOptions<Context>): Promise<Subgraph> {
  const { name, logger, verifier } = options;
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: options.resolvers as GraphQLResolverMap<Context> }]);
  const server = new ApolloServer<Context>({
    schema,
    introspection: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    formatError: createMask(logger),
    logger,
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
  });
  await server.start();

  async function answer(request: SubgraphRequest): Promise<SubgraphResponse> {
    const token = /^Bearer ([^\s]+)$/.exec(request.headers['authorization'] ?? '')?.[1];
    if (token === undefined) return refused(401, 'UNAUTHENTICATED', 'A gateway token is required.');
    let viewer: Viewer;
    try {
      viewer = await verifier.verify(token);
    } catch (error) {
      logger.warn({ err: error }, 'gateway token refused');
      return refused(401, 'UNAUTHENTICATED', 'A gateway token is required.');
    }
    const representations = request.variables?.['representations'];
    if (Array.isArray(representations) && representations.length > maxRepresentations) {
      return refused(400, 'LIMIT_EXCEEDED', `At most ${String(maxRepresentations)} representations at once.`);
    }
    const { query, variables, operationName } = request;
    const response = await server.executeOperation(
      { query, ...(variables === undefined ? {} : { variables }), ...(operationName === undefined ? {} : { operationName }) },
      { contextValue: options.context({ viewer }) },
    );
    if (response.body.kind !== 'single') return refused(400, 'BAD_REQUEST', 'Incremental delivery is not supported.');
    return { status: response.http.status ?? 200, body: response.body.singleResult };
  }

  function execute(request: SubgraphRequest): Promise<SubgraphResponse> {
    const parent = propagation.extract(context.active(), request.headers);
    const startedAt = performance.now();
    return tracer.startActiveSpan(`serve ${name}`, { kind: SpanKind.SERVER }, parent, async (span) => {
      try {
        const response = await answer(request);
        if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        durations.record((performance.now() - startedAt) / 1000, { subgraph: name, status: response.status });
        return response;
      } finally {
        span.end();
      }
    });
  }

  const app = options.http === null ? null : serve(options, execute);
  const url = app === null || options.http === null ? null : await listen(app, options.http);
  return {
    name,
    url,
    schema,
    execute,
    async [Symbol.asyncDispose]() {
      await app?.close();
      await server.stop();
    },
  };
}

function serve<Context extends object>(options: SubgraphOptions<Context>, execute: Subgraph['execute']): FastifyInstance {
  const app = fastify({ bodyLimit: maxBodyBytes, return503OnClosing: false });
  addHealthRoutes(app, { ready: options.ready });
  options.routes?.(app);
  app.post('/graphql', async (request, reply) => {
    const body = request.body;
    if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string') {
      return reply.code(400).send(refused(400, 'BAD_REQUEST', 'Expected a JSON object with a query.').body);
    }
    const { query, variables, operationName } = body as {
      query: string;
      variables?: Record<string, unknown> | null;
      operationName?: string | null;
    };
    const { authorization, traceparent, tracestate } = request.headers;
    const response = await execute({
      query,
      ...(variables == null ? {} : { variables }),
      ...(operationName == null ? {} : { operationName }),
      headers: { authorization, traceparent: oneOf(traceparent), tracestate: oneOf(tracestate) },
    });
    return reply.code(response.status).type('application/json; charset=utf-8').send(JSON.stringify(response.body));
  });
  return app;
}

const oneOf = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
