import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ClientGoneError, DeadlineError } from '../execution/fetch-from-subgraph.ts';
import type { Authenticate } from '../identity/authenticate.ts';
import type { Admit } from '../limits/admission.ts';
import { Refusal } from '../refusal.ts';
import type { GatewayTelemetry } from '../telemetry.ts';
import { acceptsJson } from './accepts-json.ts';
import { finishRequest, rejectionOf } from './finish-request.ts';
import type { ApolloContext } from './gateway-interface.ts';
import { currentScope, openScope, withinScope } from './request-scope.ts';
import type { Streams } from './streams/add-streams.ts';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<ApolloContext>;
  readonly authenticate: Authenticate;
  readonly admit: Admit;
  readonly telemetry: GatewayTelemetry;
  /** A request that takes longer answers with what it has, in milliseconds. */
  readonly deadlineMs: number;
}

/** `/graphql`, POST and GET. Each request has a scope: trace, deadline, caller. What asks for a stream goes to `streams`, past Apollo Server. */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions, streams: Pick<Streams, 'answer'>): void {
  const { apollo, authenticate, admit, telemetry, deadlineMs } = options;
  const answer = fastifyApolloHandler(apollo, {
    async context(request: FastifyRequest): Promise<ApolloContext> {
      const scope = currentScope();
      if (scope === undefined) throw new TypeError('a request outside its scope');
      if (!acceptsJson(request.headers.accept)) throw notAcceptable();
      const [query, variables, extensions] = partsOf(request);
      admit(query, variables, extensions);
      scope.caller = (await authenticate(request.headers.authorization)).caller;
      return { scope };
    },
  });

  app.all('/graphql', async (request, reply) => {
    const streaming = streams.answer(request, reply);
    if (streaming !== null) return await streaming;
    const startedAt = performance.now();
    const controller = new AbortController();
    const deadline = setTimeout(() => {
      controller.abort(new DeadlineError('the request took too long'));
    }, deadlineMs);
    const scope = openScope(telemetry.tracer, { headers: request.headers, address: request.ip, signal: controller.signal });
    reply.raw.once('close', () => {
      // A client that left needs no answer; what a mutation has begun is finished all the same.
      if (!reply.raw.writableFinished && scope.type === 'query') controller.abort(new ClientGoneError());
    });
    try {
      return await context.with(scope.facts.trace, () => withinScope(scope, () => answer.call(app, request, reply)));
    } finally {
      clearTimeout(deadline);
      const outcome = finishRequest(telemetry, scope, reply.statusCode, startedAt);
      if (outcome === 'refused') telemetry.requestRejected(rejectionOf(scope));
    }
  });
}

const notAcceptable = (): Refusal =>
  new Refusal({
    code: 'BAD_REQUEST',
    status: 406,
    message: 'Answers are application/json or application/graphql-response+json.',
    reason: 'not_acceptable',
  });

function partsOf({ method, body, query }: FastifyRequest): readonly [query: unknown, variables: unknown, extensions: unknown] {
  if (method === 'POST') {
    const sent = isRecord(body) ? body : {};
    return [sent['query'], sent['variables'], sent['extensions']];
  }
  const sent = isRecord(query) ? query : {};
  return [sent['query'], json(sent['variables']), json(sent['extensions'])];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Text that is not JSON is Apollo Server's to refuse. */
function json(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
