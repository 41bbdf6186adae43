import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';

/** An Ed25519 key pair as JSON Web Keys (RFC 8037). The private part never leaves the process that signs. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** The value is no Ed25519 signing key. Not retryable; the message never quotes the key. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
}

/** What a `kid` may look like: it is taken from strangers, and becomes part of look-ups and log lines. */
export const kidPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** A fresh key. Its `kid` is its thumbprint (RFC 7638), so that two keys never share one. */
export async function generateSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const [privateJwk, publicJwk] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
  const facts = { kid: await calculateJwkThumbprint(publicJwk), alg: 'EdDSA', use: 'sig' };
  return { kid: facts.kid, privateJwk: { ...privateJwk, ...facts }, publicJwk: { ...publicJwk, ...facts } };
}

/**
 * A signing key as a file keeps it: `{ kid, privateJwk, publicJwk }`. The public part is made from the private one, so that a file that holds more,
 * or another key's public part, can neither leak it nor publish a key that verifies nothing.
 *
 * @throws {InvalidKeyError} something is missing, or it is no Ed25519 key pair.
 */
export function parseSigningKey(value: unknown): SigningKey {
  const { kid, privateJwk, publicJwk } = members(value);
  const { kty, crv, x, d } = members(privateJwk);
  if (typeof kid !== 'string' || !kidPattern.test(kid)) throw new InvalidKeyError('no kid of at most 64 letters, digits, - and _');
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof d !== 'string')
    throw new InvalidKeyError('privateJwk is no private Ed25519 key');
  if (members(publicJwk)['x'] !== x) throw new InvalidKeyError('publicJwk does not belong to privateJwk');
  const shown = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
  return { kid, privateJwk: { ...shown, d }, publicJwk: shown };
}

/** The keys of a set that can verify our tokens, by `kid`; without private parts. Others are passed over, as RFC 7517 §5 asks. */
export function verificationKeys(keys: readonly JWK[]): ReadonlyMap<string, JWK> {
  return new Map(
    keys.flatMap(({ kid, kty, crv, x }) =>
      kid !== undefined && kidPattern.test(kid) && kty === 'OKP' && crv === 'Ed25519' && x !== undefined
        ? [[kid, { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] as const]
        : [],
    ),
  );
}

/** jose answers raw bytes for symmetric keys only; an OKP key is always a `CryptoKey`. */
export const importKey = (jwk: JWK): Promise<CryptoKey> => importJWK(jwk, 'EdDSA') as Promise<CryptoKey>;

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
