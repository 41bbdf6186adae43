import { context, propagation, SpanKind, SpanStatusCode, trace, type Context, type Tracer } from '@opentelemetry/api';
import type { Caller } from '@tally/identity';
import type { Logger } from '@tally/runtime';
import {
  ClientGoneError,
  DeadlineError,
  SubgraphError,
  type FetchFromSubgraph,
  type SubgraphAnswer,
  type SubgraphAnswerError,
  type SubgraphFetch,
} from '../execution/fetch-from-subgraph.ts';
import { UnreachableError, type Transport, type TransportResponse } from './transport.ts';

/** How a subgraph answered last: never asked for, only noticed. */
export type SubgraphState = 'ok' | 'down';

/** Asks subgraphs over their transports: token, trace headers, spans and counters are the same on each. */
export interface SubgraphClient {
  readonly fetch: FetchFromSubgraph;
  states(): Readonly<Record<string, SubgraphState>>;
}

export interface SubgraphClientOptions {
  readonly transports: ReadonlyMap<string, Transport>;
  /** The `authorization` header for one subgraph on behalf of one caller; `undefined` sends none. */
  readonly authorisationFor: (caller: Caller, subgraph: string) => Promise<string | undefined>;
  readonly logger: Logger;
  readonly tracer: Tracer;
  readonly fetched: (subgraph: string, result: 'ok' | 'error' | 'abandoned', seconds: number) => void;
}

export function createSubgraphClient({ transports, authorisationFor, logger, tracer, fetched }: SubgraphClientOptions): SubgraphClient {
  const states = new Map<string, SubgraphState>([...transports.keys()].map((name) => [name, 'ok']));

  function noticed(subgraph: string, state: SubgraphState, error?: unknown): void {
    if (states.get(subgraph) === state) return;
    states.set(subgraph, state);
    // One line per change, not per request: a dead subgraph under load must not flood the log.
    if (state === 'down') logger.error({ subgraph, err: error }, 'subgraph does not answer');
    else logger.info({ subgraph }, 'subgraph answers again');
  }

  async function send(fetch: SubgraphFetch, within: Context): Promise<SubgraphAnswer> {
    const { subgraph, query, variables, operationName, mutation, caller, facts } = fetch;
    const transport = transports.get(subgraph);
    if (transport === undefined) throw new SubgraphError('SUBGRAPH_UNAVAILABLE', `no transport to ${subgraph}`);
    const headers = traceHeaders(within, facts.traceId);
    const authorization = await authorisationFor(caller, subgraph);
    if (authorization !== undefined) headers['authorization'] = authorization;
    const request = {
      query,
      variables,
      headers,
      signal: facts.signal,
      repeatable: !mutation,
      ...(operationName === undefined ? {} : { operationName }),
    };
    const response = await context
      .with(within, () => transport.send(request))
      .catch((error: unknown) => {
        throw toSubgraphError(error, subgraph);
      });
    return readAnswer(response, subgraph);
  }

  return {
    states: () => Object.fromEntries(states),
    async fetch(fetch) {
      const { subgraph, facts } = fetch;
      const span = tracer.startSpan(
        `fetch ${subgraph}`,
        { kind: SpanKind.CLIENT, attributes: { 'graphql.operation.type': fetch.mutation ? 'mutation' : 'query' } },
        facts.trace,
      );
      const startedAt = performance.now();
      let result: 'ok' | 'error' | 'abandoned' = 'error';
      try {
        const answer = await send(fetch, trace.setSpan(facts.trace, span));
        noticed(subgraph, 'ok');
        const fault = answer.errors.find(({ extensions }) => extensions?.['code'] === 'INTERNAL' || extensions?.['code'] === undefined);
        if (fault !== undefined) logger.warn({ subgraph, message: fault.message, path: fault.path }, 'subgraph reports a fault');
        if (answer.errors.length === 0) result = 'ok';
        return answer;
      } catch (error) {
        if (facts.signal.reason instanceof ClientGoneError) {
          result = 'abandoned';
          throw error;
        }
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (error instanceof SubgraphError && error.code === 'SUBGRAPH_UNAVAILABLE') noticed(subgraph, 'down', error);
        else logger.warn({ subgraph, err: error }, 'fetch failed');
        throw error;
      } finally {
        span.end();
        fetched(subgraph, result, (performance.now() - startedAt) / 1000);
      }
    },
  };
}

function traceHeaders(within: Context, traceId: string): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(within, headers);
  // Without a propagator (no telemetry started) the trace id still travels, so that logs and errors on both sides can be joined.
  headers['traceparent'] ??= `00-${traceId}-${traceId.slice(16)}-00`;
  return headers;
}

function toSubgraphError(error: unknown, subgraph: string): SubgraphError {
  if (error instanceof DeadlineError || error instanceof ClientGoneError)
    return new SubgraphError('TIMEOUT', `${subgraph}: the request's time is up`, { cause: error });
  if (error instanceof UnreachableError)
    return new SubgraphError(error.late ? 'TIMEOUT' : 'SUBGRAPH_UNAVAILABLE', `${subgraph}: ${error.message}`, { cause: error });
  return new SubgraphError('INTERNAL', `${subgraph} failed`, { cause: error });
}

function readAnswer({ status, body }: TransportResponse, subgraph: string): SubgraphAnswer {
  if (status === 401 || status === 403 || status === 408 || status === 429 || status >= 502) {
    throw new SubgraphError('SUBGRAPH_UNAVAILABLE', `${subgraph} answered ${String(status)}`);
  }
  if (!isRecord(body)) throw new SubgraphError('SUBGRAPH_UNAVAILABLE', `${subgraph} answered no GraphQL`);
  const errors = Array.isArray(body['errors']) ? body['errors'].map(toAnswerError) : [];
  const data = isRecord(body['data']) ? body['data'] : null;
  if (data === null && errors.length === 0)
    throw new SubgraphError('SUBGRAPH_UNAVAILABLE', `${subgraph} answered ${String(status)} without data`);
  return { data, errors };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keeps every error, whatever it looks like: a dropped error would turn a failure into a plain null. */
function toAnswerError(value: unknown): SubgraphAnswerError {
  if (!isRecord(value)) return { message: 'unreadable error' };
  const { message, path, extensions } = value;
  return {
    message: typeof message === 'string' ? message : 'unreadable error',
    ...(isPath(path) ? { path } : {}),
    ...(isRecord(extensions) ? { extensions } : {}),
  };
}

const isPath = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number');
