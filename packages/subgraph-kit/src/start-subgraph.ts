import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import type { Verifier } from '@tally/identity';
import { listen, type Logger } from '@tally/runtime';
import type { FastifyInstance } from 'fastify';
import { parse, type GraphQLSchema } from 'graphql';
import { createAdmission, noToken, parseRequest, refused } from './admission.ts';
import { createHttp } from './http.ts';
import { instrument, secondsBuckets } from './instruments.ts';
import { createMask, maskFault } from './masking.ts';
import { createReadiness, type ReadinessSources } from './readiness.ts';
import { limitRepresentations } from './representations.ts';
import type { Viewer } from './viewer.ts';

/** What a request's context is made from. */
export interface SubgraphCall {
  readonly viewer: Viewer;
}

/** What a subgraph is started with. */
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
  readonly ready: ReadinessSources;
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

/**
 * A running subgraph. Disposal first makes it unready, then lets what was accepted finish, over HTTP and in-process; what comes later is refused with
 * SUBGRAPH_UNAVAILABLE.
 */
export interface Subgraph extends AsyncDisposable {
  readonly name: string;
  readonly url: string | null;
  readonly schema: GraphQLSchema;
  /** The in-process transport: the same checks as over HTTP, by the same code. Never rejects. */
  execute(request: SubgraphRequest): Promise<SubgraphResponse>;
}

const durations = instrument((meter) =>
  meter.createHistogram('http_server_request_duration_seconds', { unit: 's', advice: { explicitBucketBoundaries: secondsBuckets } }),
);

/**
 * Serves one subgraph over HTTP, in-process, or both. Nothing is answered without a gateway token for this audience: not `_entities`, not `_service`,
 * not `__typename` (docs/security.md, trust). Health paths need no token.
 *
 * @throws {StartupError} the port is taken.
 */
export async function startSubgraph<Context extends object>(options: SubgraphOptions<Context>): Promise<Subgraph> {
  const { name, logger } = options;
  const tracer = trace.getTracer('tally.subgraph');
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: options.resolvers as GraphQLResolverMap<Context> }]);
  const server = openServer<Context>(schema, logger);
  await server.start();
  const admit = createAdmission(options.verifier, logger);
  const underWay = new Set<Promise<unknown>>();
  let state: 'serving' | 'draining' | 'stopped' = 'serving';

  async function answer(headers: SubgraphRequest['headers'], body: unknown, accepted: boolean): Promise<SubgraphResponse> {
    const viewer = await admit(headers);
    if (viewer === null) return noToken;
    const request = parseRequest(body);
    if (request === null) return refused(400, 'BAD_REQUEST', 'Expected a JSON object with a query.');
    if (!accepted) return refused(503, 'SUBGRAPH_UNAVAILABLE', 'Not available at the moment.');
    const response = await server.executeOperation(request, { contextValue: options.context({ viewer }) });
    if (response.body.kind !== 'single') return refused(400, 'BAD_REQUEST', 'Incremental delivery is not supported.');
    return { status: response.http.status ?? 200, body: response.body.singleResult };
  }

  function execute(headers: SubgraphRequest['headers'], body: unknown): Promise<SubgraphResponse> {
    const parent = propagation.extract(context.active(), headers);
    const startedAt = performance.now();
    const accepted = state !== 'stopped';
    const answering = tracer.startActiveSpan(`serve ${name}`, { kind: SpanKind.SERVER }, parent, async (span) => {
      const response = await answer(headers, body, accepted).catch((error: unknown): SubgraphResponse => {
        const masked = maskFault(logger, error);
        return { status: masked.extensions?.['code'] === 'INTERNAL' ? 500 : 503, body: { errors: [masked] } };
      });
      if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      durations().record((performance.now() - startedAt) / 1000, { subgraph: name, status: response.status });
      span.end();
      return response;
    });
    underWay.add(answering);
    return answering.finally(() => underWay.delete(answering));
  }

  const ready = createReadiness(options.ready, { draining: () => state !== 'serving' });
  const http = options.http === null ? null : createHttp({ admit, execute, ready, routes: options.routes, logger });
  const url = http === null || options.http === null ? null : await listen(http.app, options.http);
  return {
    name,
    url,
    schema,
    execute: ({ headers, ...body }) => execute(headers, body),
    async [Symbol.asyncDispose]() {
      state = 'draining';
      await http?.close();
      state = 'stopped';
      await Promise.allSettled(underWay);
      await server.stop();
    },
  };
}

function openServer<Context extends object>(schema: GraphQLSchema, logger: Logger): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    formatError: createMask(logger),
    logger,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitRepresentations,
    ],
  });
}
