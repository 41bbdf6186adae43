import { systemClock, type Clock } from '@tally/kernel';
import { SignJWT, type CryptoKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { tokenRules, type Caller, type TokenKind } from './caller.ts';
import { importKey, type SigningKey } from './signing-key.ts';

/** Signs tokens of one kind. */
export interface Signer {
  /** @returns the compact JWS and the moment it ends: 15 minutes from now for access tokens, 60 s for gateway tokens. */
  sign(caller: Caller, audience: string): Promise<{ readonly token: string; readonly expiresAt: Date }>;
}

/**
 * @throws {TypeError} from `sign`, for an anonymous caller of an access token: there is no such thing.
 * @see RFC 8037 (EdDSA), RFC 9068 (access tokens)
 */
export function createSigner(options: {
  readonly kind: TokenKind;
  readonly issuer: string;
  readonly key: SigningKey;
  readonly clock?: Clock;
}): Signer {
  const { kind, issuer, key, clock = systemClock } = options;
  const { typ, maxAgeSeconds } = tokenRules[kind];
  let imported: Promise<CryptoKey> | undefined;
  return {
    async sign(caller, audience) {
      if (kind === 'access' && caller.kind === 'anonymous') throw new TypeError('an access token names somebody');
      const issuedAt = Math.floor(clock().getTime() / 1000);
      const jwt = new SignJWT(claimsOf(caller))
        .setProtectedHeader({ alg: 'EdDSA', typ, kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + maxAgeSeconds);
      const token = await jwt.sign(await (imported ??= importKey(key.privateJwk)));
      return { token, expiresAt: new Date((issuedAt + maxAgeSeconds) * 1000) };
    },
  };
}

/** Signs each identity and audience once per half life: a signature costs some 0.1 ms, a look-up nothing. */
export function createCachedSigner(signer: Signer, options: { readonly maxEntries?: number; readonly clock?: Clock } = {}): Signer {
  const { maxEntries = 10_000, clock = systemClock } = options;
  const cache = new LRUCache<string, { readonly signed: ReturnType<Signer['sign']>; readonly renewAt: { at: number } }>({
    max: maxEntries,
  });
  return {
    sign(caller, audience) {
      const identity = `${audience} ${identityOf(caller)}`;
      const known = cache.get(identity);
      const now = clock().getTime();
      if (known !== undefined && now < known.renewAt.at) return known.signed;
      // Concurrent callers share one signature; its real half life is known once it is made.
      const renewAt = { at: now + 1_000 };
      const signed = signer.sign(caller, audience).then(
        (result) => {
          renewAt.at = now + (result.expiresAt.getTime() - now) / 2;
          return result;
        },
        (error: unknown) => {
          // Unless somebody has replaced it meanwhile.
          if (cache.peek(identity)?.renewAt === renewAt) cache.delete(identity);
          throw error;
        },
      );
      cache.set(identity, { signed, renewAt });
      return signed;
    },
  };
}

function claimsOf(caller: Caller): Record<string, unknown> {
  if (caller.kind === 'anonymous') return { anon: true };
  const scope = caller.scopes.join(' ');
  return caller.kind === 'user' ? { sub: caller.userId, sid: caller.sessionId, scope } : { sub: caller.serviceId, scope };
}

function identityOf(caller: Caller): string {
  if (caller.kind === 'anonymous') return 'anonymous';
  const subject = caller.kind === 'user' ? `${caller.userId} ${caller.sessionId}` : caller.serviceId;
  return `${subject} ${caller.scopes.join(' ')}`;
}
