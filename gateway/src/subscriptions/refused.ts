import type { WireCode } from '@tally/runtime';
import type { GraphQLFormattedError } from 'graphql';
import { formattedOf, httpOf, type Mask } from '../masking.ts';
import { StreamRefusedError } from './stream.ts';

const statuses: Partial<Record<WireCode, number>> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  SEQUENCE_AHEAD: 400,
  LIMIT_EXCEEDED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  EVENTS_UNAVAILABLE: 503,
  SCHEMA_RELOADED: 503,
  SUBGRAPH_UNAVAILABLE: 503,
  PLANNING_OVERLOADED: 503,
  TIMEOUT: 504,
};

/** What was answered in place of a stream. */
export const refusedWith = (errors: readonly GraphQLFormattedError[], code: WireCode): StreamRefusedError =>
  new StreamRefusedError({ errors, status: statuses[code] ?? 500 });

/** Whatever was thrown before a stream was open. The first error says the status and headers. */
export function toRefused(errors: readonly unknown[], mask: Mask, traceId: string): StreamRefusedError {
  const masked = errors.map((error) => mask(formattedOf(error), error, traceId));
  const http = httpOf(errors[0]);
  const status = http?.status ?? statuses[masked[0]?.code ?? 'INTERNAL'] ?? 500;
  return new StreamRefusedError({
    errors: masked.map(({ error }) => error),
    status,
    ...(http === undefined ? {} : { headers: http.headers }),
  });
}
