import { randomBytes } from 'node:crypto';
import { isSpanContextValid, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import type { RequestFacts } from '../execution/execute.ts';
import { ClientGoneError, DeadlineError } from '../execution/fetch-from-subgraph.ts';

export const freshTraceId = (): string => randomBytes(16).toString('hex');

/** The trace id of a span; a fresh one where nothing records. */
export function traceIdOf(span: Span): string {
  const own = span.spanContext();
  return isSpanContextValid(own) ? own.traceId : freshTraceId();
}

/**
 * Runs something of a stream that is no client's request: with a deadline of its own.
 *
 * @param ended aborts it early: nobody waits any more.
 */
export async function withinDeadline<T>(
  { span, deadlineMs, ended }: { readonly span: Span; readonly deadlineMs: number; readonly ended: AbortSignal },
  work: (facts: RequestFacts) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(new ClientGoneError());
  };
  if (ended.aborted) abort();
  ended.addEventListener('abort', abort, { once: true });
  const deadline = setTimeout(() => {
    controller.abort(new DeadlineError('the event took too long'));
  }, deadlineMs);
  try {
    return await work({ trace: trace.setSpan(ROOT_CONTEXT, span), traceId: traceIdOf(span), signal: controller.signal });
  } finally {
    clearTimeout(deadline);
    ended.removeEventListener('abort', abort);
  }
}
