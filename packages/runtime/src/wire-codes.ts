/** The closed list of `extensions.code` (docs/errors.md, held to it by a test). What is not on it leaves as INTERNAL. */
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

const known: ReadonlySet<unknown> = new Set(wireCodes);

/** Whether something is a code of the closed list; for what others answered. */
export const isWireCode = (code: unknown): code is WireCode => known.has(code);
