import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { context, isSpanContextValid, propagation, SpanKind, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { Caller } from '@tally/identity';
import type { RequestFacts } from '../execution/execute.ts';
import type { WireCode } from '@tally/runtime';

/** One HTTP request, from its first byte to its answer. */
export interface RequestScope {
  readonly facts: RequestFacts;
  readonly span: Span;
  readonly address: string;
  caller: Caller;
  /** Set once known; bounded names only. */
  operation: string;
  type: string;
  /** Of the first error, if there was one. */
  code: WireCode | null;
  /** Why nothing ran; the label of `gateway_rejected_total`. */
  rejected: string | null;
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** The scope of the request being handled, for what is called without it: the error formatter. */
export const currentScope = (): RequestScope | undefined => scopes.getStore();

export const withinScope = <T>(scope: RequestScope, work: () => T): T => scopes.run(scope, work);

/** Opens the request's span, as a child of the client's trace if it sent one; a trace id exists also without telemetry. */
export function openScope(
  tracer: Tracer,
  request: { readonly headers: Readonly<Record<string, unknown>>; readonly address: string; readonly signal: AbortSignal },
): RequestScope {
  const parent = propagation.extract(context.active(), request.headers);
  const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent);
  const own = span.spanContext();
  const traceId = isSpanContextValid(own) ? own.traceId : randomBytes(16).toString('hex');
  return {
    facts: { trace: trace.setSpan(parent, span), traceId, signal: request.signal },
    span,
    address: request.address,
    caller: { kind: 'anonymous' },
    operation: 'other',
    type: 'unknown',
    code: null,
    rejected: null,
  };
}
