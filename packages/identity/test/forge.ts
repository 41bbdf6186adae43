import { createHmac } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import { importKey, type SigningKey } from '../src/signing-key.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** A token with exactly this header and these claims, signed as Ed25519 by `key`; a member that is `undefined` is left out. */
export async function forge(key: SigningKey, claims: Claims, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const given = { alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header };
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as JWTHeaderParameters;
  // As a plain JWS would have it: jose refuses to sign some of what we must be able to refuse.
  const crit = defined.crit;
  return new SignJWT({ ...claims })
    .setProtectedHeader(defined)
    .sign(await importKey(key.privateJwk), crit === undefined ? {} : { crit: Object.fromEntries(crit.map((name) => [name, true])) });
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Not signed at all. */
export const unsigned = (claims: Claims, header: Claims): string => `${encode(header)}.${encode(claims)}.`;

/** Signed with a secret that everybody knows: the bytes of the public key. */
export function signedWithPublicKey(key: SigningKey, claims: Claims, header: Claims): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', Buffer.from(key.publicJwk.x ?? '', 'base64url'))
    .update(text)
    .digest('base64url')}`;
}
