import { expect, test } from 'vitest';
import { staticKeys } from './key-source.ts';
import { generateSigningKey, InvalidKeyError, kidPattern, parseSigningKey } from './signing-key.ts';

test('a fresh key is an Ed25519 pair whose public part holds nothing private', async () => {
  const [key, another] = await Promise.all([generateSigningKey(), generateSigningKey()]);

  expect(key.privateJwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: key.kid, use: 'sig', alg: 'EdDSA' });
  expect(key.publicJwk).not.toHaveProperty('d');
  expect(key.kid).toMatch(kidPattern);
  expect(key.kid).not.toBe(another.kid);
});

test('a key survives its file', async () => {
  const key = await generateSigningKey();
  expect(parseSigningKey(JSON.parse(JSON.stringify(key)))).toEqual(key);
});

test('a private part that strayed into the public one is not published', async () => {
  const key = await generateSigningKey();
  const parsed = parseSigningKey({ ...key, publicJwk: key.privateJwk });

  expect(parsed.publicJwk).toEqual(key.publicJwk);
  expect(await staticKeys([key.privateJwk]).find(key.kid)).not.toHaveProperty('d');
});

test('what is no key pair is refused, and not quoted', async () => {
  const [key, another] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const bad: readonly unknown[] = [
    null,
    'key',
    {},
    { ...key, kid: '../key' },
    { ...key, privateJwk: key.publicJwk },
    { ...key, publicJwk: another.publicJwk },
    { ...key, privateJwk: { ...key.privateJwk, kty: 'EC', crv: 'P-256' } },
  ];

  for (const value of bad) {
    expect(() => parseSigningKey(value)).toThrow(InvalidKeyError);
    expect(() => parseSigningKey(value)).not.toThrow(key.privateJwk.d);
  }
});

test('keys of other kinds are passed over', async () => {
  const key = await generateSigningKey();
  const source = staticKeys([
    { kty: 'RSA', kid: 'rsa', n: 'AQAB', e: 'AQAB' },
    { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' },
    { ...key.publicJwk, kid: 'a/b' },
    key.publicJwk,
  ]);

  expect(await source.find('rsa')).toBeNull();
  expect(await source.find('secret')).toBeNull();
  expect(await source.find('a/b')).toBeNull();
  expect(await source.find(key.kid)).toEqual(key.publicJwk);
});
