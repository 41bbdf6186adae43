import { GraphQLError } from 'graphql';

/** The closed list of `extensions.code`: what is not on it becomes INTERNAL (docs/errors.md, held to it by a test). */
export const wireCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_NOT_FOUND',
  'OPERATION_NOT_ALLOWED',
  'LIMIT_EXCEEDED',
  'COST_EXCEEDED',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'TOKEN_EXPIRED',
  'SLOW_CONSUMER',
  'SEQUENCE_AHEAD',
  'EVENTS_UNAVAILABLE',
  'SCHEMA_RELOADED',
  'PLANNING_OVERLOADED',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
  'INTERNAL',
] as const;

/** A code of the closed list. */
export type WireCode = (typeof wireCodes)[number];

const coded = (code: WireCode, message: string, extensions: Readonly<Record<string, unknown>> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...extensions } });

/** An argument of a query that cannot be read: malformed id, foreign cursor, page too large. */
export const badInput = (message: string, argument?: string): GraphQLError =>
  coded('BAD_USER_INPUT', message, argument === undefined ? {} : { argument });

/** Not there, or not the caller's: the two look alike. */
export const notFound = (message = 'Not found.'): GraphQLError => coded('NOT_FOUND', message);

/** Nobody is signed in. */
export const unauthenticated = (message = 'Sign in first.'): GraphQLError => coded('UNAUTHENTICATED', message);

/** Somebody is signed in who may not ask this. */
export const forbidden = (message = 'Not allowed.'): GraphQLError => coded('FORBIDDEN', message);
