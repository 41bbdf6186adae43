import { InvalidTokenError, KeysUnavailableError, type Verifier } from '@tally/identity';
import type { Logger } from '@tally/runtime';
import { Refusal } from '../refusal.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { Authenticated } from './presences.ts';

/** Says who asks, from the `authorization` header, and until when that holds. */
export type Authenticate = (authorization: string | undefined) => Promise<Authenticated>;

const anonymous: Authenticated = { caller: { kind: 'anonymous' }, expiresAt: null };

/** For a graph without keys: everybody is anonymous, whatever they send. */
export const everybodyIsAnonymous: Authenticate = () => Promise.resolve(anonymous);

/**
 * Access tokens through a verifier. No header is an anonymous caller; a bad token never is, nor is one whose session has ended.
 *
 * @throws from the returned function {Refusal}: UNAUTHENTICATED (401) for a token or scheme that is not good, SUBGRAPH_UNAVAILABLE (503) when nobody
 * can be asked for the key.
 */
export function createAuthenticate(verifier: Verifier, revocations: EndedSessions, logger: Logger): Authenticate {
  const refuse = (error: unknown): never => {
    if (error instanceof InvalidTokenError) {
      logger.info({ fault: error.fault }, 'access token refused');
      throw badToken('bad_token');
    }
    if (!(error instanceof KeysUnavailableError)) throw error;
    logger.warn({ err: error }, 'no key to verify access tokens with');
    throw new Refusal({
      code: 'SUBGRAPH_UNAVAILABLE',
      status: 503,
      message: 'Sign-in cannot be checked at the moment.',
      reason: 'keys_unavailable',
    });
  };
  return async (authorization) => {
    if (authorization === undefined || authorization === '') return anonymous;
    const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw badToken('bad_token');
    const { expiresAt, ...caller } = await verifier.verify(token).catch(refuse);
    if (caller.kind === 'user' && revocations.isRevoked(caller.sessionId)) {
      logger.info({ fault: 'revoked' }, 'access token refused');
      throw badToken('revoked');
    }
    return { caller, expiresAt };
  };
}

/** One answer for all of them: what was wrong is the log's and the metrics' to know. */
const badToken = (reason: 'bad_token' | 'revoked'): Refusal =>
  new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'The access token is not valid.', reason });
