import { InvalidTokenError, KeysUnavailableError, type Caller, type Verifier } from '@tally/identity';
import type { Logger } from '@tally/runtime';
import { Refusal } from '../refusal.ts';

/** Says who asks, from the `authorization` header. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const anonymous: Caller = { kind: 'anonymous' };

/** For a graph without keys: everybody is anonymous, whatever they send. */
export const everybodyIsAnonymous: Authenticate = () => Promise.resolve(anonymous);

/**
 * Access tokens through a verifier. No header is an anonymous caller; a bad token never is.
 *
 * @throws from the returned function {Refusal}: UNAUTHENTICATED (401) for a token or scheme that is not good, SUBGRAPH_UNAVAILABLE (503) when nobody
 * can be asked for the key.
 */
export function createAuthenticate(verifier: Verifier, logger: Logger): Authenticate {
  return async (authorization) => {
    if (authorization === undefined || authorization === '') return anonymous;
    const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw badToken();
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (error instanceof InvalidTokenError) {
        logger.info({ fault: error.fault }, 'access token refused');
        throw badToken();
      }
      if (!(error instanceof KeysUnavailableError)) throw error;
      logger.warn({ err: error }, 'no key to verify access tokens with');
      throw new Refusal({
        code: 'SUBGRAPH_UNAVAILABLE',
        status: 503,
        message: 'Sign-in cannot be checked at the moment.',
        reason: 'keys_unavailable',
      });
    }
  };
}

const badToken = (): Refusal =>
  new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'The access token is not valid.', reason: 'bad_token' });
