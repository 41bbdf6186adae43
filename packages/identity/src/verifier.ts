import { createHash } from 'node:crypto';
import { parseId, systemClock, type Clock } from '@tally/kernel';
import { decodeProtectedHeader, errors, jwtVerify, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { tokenRules, type Caller, type TokenKind } from './caller.ts';
import type { KeySource } from './key-source.ts';
import { importKey, kidPattern } from './signing-key.ts';

/** Why a token was refused; for logs, never for the client. */
export type TokenFault = 'too-long' | 'malformed' | 'header' | 'unknown-key' | 'signature' | 'claims' | 'expired';

/** The token is not good. Not retryable with the same token. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  readonly fault: TokenFault;
  constructor(fault: TokenFault, options?: ErrorOptions) {
    super(`token refused: ${fault}`, options);
    this.fault = fault;
  }
}

/** Nobody could be asked for the key. Retryable. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly retryable = true;
}

/** A caller whose token was verified, and until when it holds. */
export type VerifiedCaller = Caller & { readonly expiresAt: Date };

/** Verifies tokens of one kind, issuer and audience. */
export interface Verifier {
  /**
   * Verified tokens are remembered by hash until they expire, so a key that is withdrawn ends its tokens after their life at the latest.
   *
   * @throws {InvalidTokenError} refused. @throws {KeysUnavailableError} the key set cannot be reached.
   */
  verify(token: string): Promise<VerifiedCaller>;
}

const maxTokenBytes = 4_096;
const clockToleranceSeconds = 5;

/**
 * One verifier for both kinds. jose's defaults accept tokens without `exp`, `sub` or `kid`, of another `typ`, or ten years old: all of that is
 * refused here, as are headers that bring their own key (docs/security.md, tokens).
 */
export function createVerifier(options: {
  readonly kind: TokenKind;
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySource;
  readonly clock?: Clock;
  readonly maxEntries?: number;
}): Verifier {
  const { kind, issuer, audience, keys, clock = systemClock, maxEntries = 10_000 } = options;
  const { typ, maxAgeSeconds } = tokenRules[kind];
  const verified = new LRUCache<string, VerifiedCaller>({ max: maxEntries });
  // By key, not by `kid`: what a key set says next about a `kid` counts.
  const imported = new WeakMap<JWK, Promise<CryptoKey>>();

  async function keyOf(kid: string): Promise<CryptoKey> {
    const jwk = await keys.find(kid).catch((cause: unknown) => {
      throw new KeysUnavailableError('the key set cannot be reached', { cause });
    });
    if (jwk === null) throw new InvalidTokenError('unknown-key');
    const known = imported.get(jwk) ?? importKey(jwk);
    imported.set(jwk, known);
    return known.catch((cause: unknown) => {
      throw new InvalidTokenError('unknown-key', { cause });
    });
  }

  return {
    async verify(token) {
      if (token.length > maxTokenBytes) throw new InvalidTokenError('too-long');
      const hash = createHash('sha256').update(token).digest('base64');
      const known = verified.get(hash);
      if (known !== undefined) {
        if (known.expiresAt.getTime() + clockToleranceSeconds * 1000 > clock().getTime()) return known;
        verified.delete(hash);
        throw new InvalidTokenError('expired');
      }
      const key = await keyOf(kidOf(token));
      const payload = await jwtVerify(token, key, {
        algorithms: ['EdDSA'],
        issuer,
        audience,
        typ,
        maxTokenAge: maxAgeSeconds,
        clockTolerance: clockToleranceSeconds,
        currentDate: clock(),
        requiredClaims: ['exp', 'iat'],
      }).then(
        (result) => result.payload,
        (cause: unknown) => {
          throw new InvalidTokenError(faultOf(cause), { cause });
        },
      );
      const caller = callerOf(kind, payload);
      // `maxTokenAge` looks at `iat` alone: a token that says it lives longer is not one of ours.
      if ((payload.exp ?? 0) - (payload.iat ?? 0) > maxAgeSeconds) throw new InvalidTokenError('claims');
      const result = { ...caller, expiresAt: new Date((payload.exp ?? 0) * 1000) };
      verified.set(hash, result);
      return result;
    },
  };
}

function kidOf(token: string): string {
  let header;
  try {
    header = decodeProtectedHeader(token);
  } catch (cause) {
    throw new InvalidTokenError('malformed', { cause });
  }
  if ('jku' in header || 'jwk' in header || 'x5u' in header || 'x5c' in header) throw new InvalidTokenError('header');
  if (typeof header.kid !== 'string' || !kidPattern.test(header.kid)) throw new InvalidTokenError('header');
  return header.kid;
}

function callerOf(kind: TokenKind, payload: JWTPayload): Caller {
  if ('anon' in payload) {
    // Anonymous or somebody, never both.
    if (kind === 'gateway' && payload['anon'] === true && !('sub' in payload) && !('sid' in payload)) return { kind: 'anonymous' };
    throw new InvalidTokenError('claims');
  }
  const scope = payload['scope'];
  if (typeof scope !== 'string') throw new InvalidTokenError('claims');
  const scopes = scope.split(' ').filter((name) => name !== '');
  const userId = parseId('usr', payload.sub);
  const sessionId = parseId('ses', payload['sid']);
  if (userId !== null && sessionId !== null) return { kind: 'user', userId, sessionId, scopes };
  const serviceId = parseId('svc', payload.sub);
  if (serviceId !== null && !('sid' in payload)) return { kind: 'service', serviceId, scopes };
  throw new InvalidTokenError('claims');
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'typ' ? 'header' : 'claims';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'header';
  return 'malformed';
}
