import type { Logger } from '@tally/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isWireCode, type WireCode } from '@tally/runtime';
import { Refusal } from '../refusal.ts';
import { currentScope } from './request-scope.ts';

/** Fields of `extensions` that may leave besides `code` and `traceId`. */
const passed = ['argument', 'field', 'retryAfterMs'] as const;

/** Codes of Apollo Server that mean one of ours. */
const renamed: ReadonlyMap<unknown, WireCode> = new Map([
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_REQUEST'],
]);

const faults: ReadonlySet<WireCode> = new Set(['INTERNAL']);

/**
 * The one formatter: codes of the closed list pass with their message, path and locations; everything else leaves as INTERNAL with the trace id that
 * finds the details in the log. Nothing but the listed extensions leaves, whatever a library adds.
 */
export function createMask(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const scope = currentScope();
    const code = codeOf(formatted, error);
    if (scope !== undefined) {
      scope.code ??= code;
      if (error instanceof Refusal) scope.rejected ??= error.reason;
    }
    const masked = faults.has(code);
    if (masked) logger.error({ err: error, path: formatted.path, trace_id: scope?.facts.traceId }, 'a request failed');
    const extensions: Record<string, unknown> = { code };
    for (const name of masked ? [] : passed) {
      if (formatted.extensions?.[name] !== undefined) extensions[name] = formatted.extensions[name];
    }
    if (scope !== undefined) extensions['traceId'] = scope.facts.traceId;
    return {
      message: masked ? 'Something went wrong.' : formatted.message,
      ...(formatted.locations === undefined || masked ? {} : { locations: formatted.locations }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions,
    };
  };
}

function codeOf(formatted: GraphQLFormattedError, error: unknown): WireCode {
  const code = formatted.extensions?.['code'];
  if (isWireCode(code)) return code;
  const ours = renamed.get(code);
  if (ours !== undefined) return ours;
  // Apollo Server gives some refusals of its own a status and no code.
  return statusOf(error) >= 400 && statusOf(error) < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}

function statusOf(error: unknown): number {
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  return typeof http === 'object' && http !== null && 'status' in http && typeof http.status === 'number' ? http.status : 0;
}
