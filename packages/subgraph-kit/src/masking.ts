import { trace } from '@opentelemetry/api';
import { unwrapResolverError } from '@apollo/server/errors';
import { classifyDatabaseError } from '@tally/messaging';
import type { Logger } from '@tally/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { wireCodes, type WireCode } from './errors.ts';

const isWireCode = (code: unknown): code is WireCode => wireCodes.includes(code as WireCode);

/** Codes of the closed list pass; everything else is a fault: complete in the log, masked outside, with the trace id that joins the two. */
export function createMask(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const code = formatted.extensions?.['code'];
    const original = unwrapResolverError(error);
    if (
      isWireCode(code) &&
      code !== 'INTERNAL' &&
      (original instanceof GraphQLError || code.startsWith('GRAPHQL_') || code.startsWith('BAD_'))
    ) {
      const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
      return { ...formatted, extensions };
    }
    const traceId = trace.getActiveSpan()?.spanContext().traceId;
    const busy = ['shed', 'reconnect'].includes(classifyDatabaseError(original));
    logger.error({ err: original, path: formatted.path, code: busy ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL' }, 'a resolver failed');
    return {
      message: busy ? 'Not available at the moment.' : 'Something went wrong.',
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions: { code: busy ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL', ...(traceId === undefined ? {} : { traceId }) },
    };
  };
}
