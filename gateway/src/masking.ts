import { isWireCode, type Logger, type WireCode } from '@tally/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Fields of `extensions` that may leave besides `code` and `traceId`. */
const passed = ['argument', 'field', 'retryAfterMs', 'lastSequence'] as const;

/** Codes of Apollo Server that mean one of ours. */
const renamed: ReadonlyMap<unknown, WireCode> = new Map([
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_REQUEST'],
]);

const faults: ReadonlySet<WireCode> = new Set(['INTERNAL']);

/** An error as clients may see it, and its code. */
export interface Masked {
  readonly error: GraphQLFormattedError;
  readonly code: WireCode;
}

/**
 * Makes the form in which an error leaves, on every protocol: codes of the closed list pass with their message, path and locations; everything else
 * is INTERNAL with the trace id that finds the details in the log. Nothing but the listed extensions leaves, whatever a library adds.
 *
 * @param error what was thrown, for the log. @param traceId `undefined` outside a request.
 */
export type Mask = (formatted: GraphQLFormattedError, error: unknown, traceId: string | undefined) => Masked;

export function createMask(logger: Logger): Mask {
  return (formatted, error, traceId) => {
    const code = codeOf(formatted, error);
    const masked = faults.has(code);
    if (masked) logger.error({ err: error, path: formatted.path, trace_id: traceId }, 'a request failed');
    const extensions: Record<string, unknown> = { code };
    for (const name of masked ? [] : passed) {
      if (formatted.extensions?.[name] !== undefined) extensions[name] = formatted.extensions[name];
    }
    if (traceId !== undefined) extensions['traceId'] = traceId;
    return {
      code,
      error: {
        message: masked ? 'Something went wrong.' : formatted.message,
        ...(formatted.locations === undefined || masked ? {} : { locations: formatted.locations }),
        ...(formatted.path === undefined ? {} : { path: formatted.path }),
        extensions,
      },
    };
  };
}

/** An error that no library has formatted yet. */
export const formattedOf = (error: unknown): GraphQLFormattedError =>
  error instanceof GraphQLError ? error.toJSON() : { message: error instanceof Error ? error.message : String(error) };

function codeOf(formatted: GraphQLFormattedError, error: unknown): WireCode {
  const code = formatted.extensions?.['code'];
  if (isWireCode(code)) return code;
  const ours = renamed.get(code);
  if (ours !== undefined) return ours;
  // Apollo Server gives some refusals of its own a status and no code.
  const status = httpOf(error)?.status ?? 0;
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}

/** What an error says about the HTTP answer it belongs to. */
export function httpOf(error: unknown): { readonly status: number; readonly headers: ReadonlyMap<string, string> } | undefined {
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  if (typeof http !== 'object' || http === null || !('status' in http) || typeof http.status !== 'number') return undefined;
  const headers =
    'headers' in http && http.headers instanceof Map ? (http.headers as ReadonlyMap<string, string>) : new Map<string, string>();
  return { status: http.status, headers };
}
