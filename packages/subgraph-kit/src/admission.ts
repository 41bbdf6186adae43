import { InvalidTokenError, type Verifier } from '@tally/identity';
import type { Logger, WireCode } from '@tally/runtime';
import type { SubgraphRequest, SubgraphResponse } from './start-subgraph.ts';
import type { Viewer } from './viewer.ts';

/** An answer that no resolver had a part in. */
export const refused = (status: number, code: WireCode, message: string): SubgraphResponse => ({
  status,
  body: { errors: [{ message, extensions: { code } }] },
});

/** The same for every reason: which one it was stands in the log. */
export const noToken = refused(401, 'UNAUTHENTICATED', 'A gateway token is required.');

/**
 * Says on whose behalf the gateway asks; `null` for whoever is not the gateway.
 *
 * @throws {KeysUnavailableError} the token cannot be judged; retryable.
 */
export function createAdmission(verifier: Verifier, logger: Logger): (headers: SubgraphRequest['headers']) => Promise<Viewer | null> {
  return async (headers) => {
    const token = /^Bearer ([^\s]+)$/i.exec(headers['authorization'] ?? '')?.[1];
    if (token === undefined) return null;
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      logger.warn({ fault: error.fault }, 'gateway token refused');
      return null;
    }
  };
}

/** A request from outside, `null` when it has another shape. Members that GraphQL over HTTP allows to be null may be null. */
export function parseRequest(body: unknown): Omit<SubgraphRequest, 'headers'> | null {
  if (!isObject(body)) return null;
  const { query, variables, operationName } = body;
  if (typeof query !== 'string') return null;
  if (variables != null && !isObject(variables)) return null;
  if (operationName != null && typeof operationName !== 'string') return null;
  return { query, ...(variables == null ? {} : { variables }), ...(operationName == null ? {} : { operationName }) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
