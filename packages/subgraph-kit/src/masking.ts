import { randomBytes } from 'node:crypto';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { unwrapResolverError } from '@apollo/server/errors';
import { classifyDatabaseError, type DatabaseErrorClass } from '@tally/messaging';
import { isWireCode, type Logger, type WireCode } from '@tally/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** What passes by itself: nothing was wrong with what was asked. */
const transient: readonly DatabaseErrorClass[] = ['busy', 'reconnect', 'retry', 'shed'];

/**
 * What a client learns of a fault: a code, and the trace id under which the log has the rest. Without tracing the id is one of its own, in the log line
 * as well.
 */
export function maskFault(logger: Logger, error: unknown, path?: readonly (string | number)[]): GraphQLFormattedError {
  const span = trace.getActiveSpan()?.spanContext();
  const traced = span !== undefined && isSpanContextValid(span);
  const traceId = traced ? span.traceId : randomBytes(16).toString('hex');
  const code: WireCode = transient.includes(classifyDatabaseError(error)) ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL';
  logger.error({ err: error, path, code, ...(traced ? {} : { trace_id: traceId }) }, 'a resolver failed');
  return {
    message: code === 'INTERNAL' ? 'Something went wrong.' : 'Not available at the moment.',
    ...(path === undefined ? {} : { path }),
    extensions: { code, traceId },
  };
}

/** Errors that were made for the wire pass, with their code of the closed list; everything else is a fault. */
export function createMask(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const original = unwrapResolverError(error);
    const code = formatted.extensions?.['code'];
    if (!(original instanceof GraphQLError) || !isWireCode(code) || code === 'INTERNAL') return maskFault(logger, original, formatted.path);
    const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
    return { ...formatted, extensions };
  };
}
