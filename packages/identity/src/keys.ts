import { newId } from '@tally/kernel';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** An Ed25519 key pair as JSON Web Keys (RFC 8037). The private part never leaves the process that signs. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** A fresh key with a random `kid`. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const kid = newId('evt').slice(4);
  const facts = { kid, alg: 'EdDSA', use: 'sig' };
  return { kid, privateJwk: { ...(await exportJWK(privateKey)), ...facts }, publicJwk: { ...(await exportJWK(publicKey)), ...facts } };
}

/**
 * Public keys by `kid`. `null` means that nobody knows the key; throwing means that nobody could be asked.
 */
export interface KeySource {
  find(kid: string): Promise<JWK | null>;
}

/** Keys that are part of the configuration. */
export function staticKeys(keys: readonly JWK[]): KeySource {
  const byKid = new Map(keys.flatMap((key) => (key.kid === undefined ? [] : [[key.kid, key] as const])));
  return { find: (kid) => Promise.resolve(byKid.get(kid) ?? null) };
}

/**
 * A JWKS endpoint (RFC 7517), asked at most once per 30 s for a `kid` it did not know; what it said last stays valid while it is away.
 *
 * @throws {TypeError} from `find`: the endpoint cannot be reached and nothing is known yet; retryable.
 */
export function remoteKeys(url: string, timeoutMs = 2_000): KeySource {
  return localKeys(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), headers: { accept: 'application/json' } });
    if (!response.ok) throw new TypeError(`key set answered ${String(response.status)}`);
    return (await response.json()) as { keys: JWK[] };
  });
}

/** As `remoteKeys`, for a key set in the same process. */
export function localKeys(read: () => Promise<{ readonly keys: readonly JWK[] }>, coolDownMs = 30_000): KeySource {
  let known = new Map<string, JWK>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const refresh = (): Promise<void> =>
    (asking ??= read()
      .then(({ keys }) => {
        known = new Map(keys.flatMap((key) => (key.kid === undefined ? [] : [[key.kid, key] as const])));
        askedAt = performance.now();
      })
      .finally(() => {
        asking = undefined;
      }));
  return {
    async find(kid) {
      const key = known.get(kid);
      if (key !== undefined) return key;
      if (performance.now() - askedAt < coolDownMs) return null;
      await refresh();
      return known.get(kid) ?? null;
    },
  };
}
