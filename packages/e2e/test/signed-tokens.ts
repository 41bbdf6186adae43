import { accessAudience, accessIssuer, createSigner, type SigningKey } from '@tally/identity';
import { isId, newId } from '@tally/kernel';

/** An access token, and the moment it ends. */
export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

const longestLifeMs = 15 * 60_000;

/**
 * Signs an access token of a session of its own, as users would have some time ago.
 *
 * @param key what users signs with. @param lifeMs from now on; 15 minutes at most, cut to full seconds.
 */
export function signToken(key: SigningKey, userId: string, lifeMs = longestLifeMs): Promise<SignedToken> {
  if (!isId('usr', userId)) throw new TypeError(`not a user: ${userId}`);
  const clock = (): Date => new Date(Date.now() - longestLifeMs + lifeMs);
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key, clock });
  return signer.sign({ kind: 'user', userId, sessionId: newId('ses'), scopes: [] }, accessAudience);
}
