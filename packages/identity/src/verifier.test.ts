import { newId } from '@tally/kernel';
import { beforeAll, describe, expect, test } from 'vitest';
import { forge, signedWithPublicKey, unsigned, type Claims } from '../test/forge.ts';
import { accessAudience, accessIssuer, gatewayIssuer, type Caller } from './caller.ts';
import { staticKeys, type KeySource } from './key-source.ts';
import { createSigner } from './signer.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';
import { createVerifier, InvalidTokenError, KeysUnavailableError, type TokenFault } from './verifier.ts';

const start = Date.UTC(2026, 0, 5, 8);
const seconds = start / 1000;
const user = {
  kind: 'user',
  userId: newId('usr'),
  sessionId: newId('ses'),
  scopes: ['orders:read:any', 'stock:read'],
} as const satisfies Caller;
const service = { kind: 'service', serviceId: newId('svc'), scopes: ['stock:write'] } as const satisfies Caller;

let key: SigningKey;
let other: SigningKey;

beforeAll(async () => {
  [key, other] = await Promise.all([generateSigningKey(), generateSigningKey()]);
});

/** A verifier of access tokens at 08:00, and what it asked its key source. */
function aVerifier(options: { kind?: 'access' | 'gateway'; audience?: string; keys?: KeySource; now?: () => number } = {}) {
  const { kind = 'access', now = () => start } = options;
  const keys = options.keys ?? staticKeys([key.publicJwk]);
  const asked: string[] = [];
  const verifier = createVerifier({
    kind,
    issuer: kind === 'access' ? accessIssuer : gatewayIssuer,
    audience: options.audience ?? (kind === 'access' ? accessAudience : 'orders'),
    keys: {
      find(kid) {
        asked.push(kid);
        return keys.find(kid);
      },
    },
    clock: () => new Date(now()),
  });
  return { verify: (token: string) => verifier.verify(token), asked };
}

const claims = (changes: Claims = {}): Claims => ({
  iss: accessIssuer,
  aud: accessAudience,
  iat: seconds,
  exp: seconds + 900,
  sub: user.userId,
  sid: user.sessionId,
  scope: 'stock:read',
  ...changes,
});
const without = (...names: readonly string[]): Claims =>
  Object.fromEntries(Object.entries(claims()).filter(([name]) => !names.includes(name)));

async function faultOf(verified: Promise<unknown>): Promise<TokenFault> {
  const error = await verified.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InvalidTokenError);
  return (error as InvalidTokenError).fault;
}

describe('tokens of ours', () => {
  test.each([user, service])('an access token of a $kind says who they are, with their scopes, for fifteen minutes', async (caller) => {
    const signer = createSigner({ kind: 'access', issuer: accessIssuer, key, clock: () => new Date(start) });

    const { token, expiresAt } = await signer.sign(caller, accessAudience);

    expect(await aVerifier().verify(token)).toEqual({ ...caller, expiresAt });
    expect(expiresAt).toEqual(new Date(start + 900_000));
  });

  test.each([{ kind: 'anonymous' } as const, user, service])(
    'a gateway token of a $kind caller holds for one subgraph, for a minute',
    async (caller) => {
      const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key, clock: () => new Date(start) });

      const { token, expiresAt } = await signer.sign(caller, 'orders');

      expect(await aVerifier({ kind: 'gateway' }).verify(token)).toEqual({ ...caller, expiresAt });
      expect(expiresAt).toEqual(new Date(start + 60_000));
      expect(await faultOf(aVerifier({ kind: 'gateway', audience: 'payments' }).verify(token))).toBe('claims');
    },
  );

  test('there is no anonymous access token', async () => {
    const signer = createSigner({ kind: 'access', issuer: accessIssuer, key });
    await expect(signer.sign({ kind: 'anonymous' }, accessAudience)).rejects.toThrow(TypeError);
  });
});

describe('the table of docs/security.md', () => {
  test.each<[string, Claims, TokenFault]>([
    ['without exp', without('exp'), 'claims'],
    ['without sub', without('sub'), 'claims'],
    ['without sub and sid', without('sub', 'sid'), 'claims'],
    ['without sid', without('sid'), 'claims'],
    ['without iat', without('iat'), 'claims'],
    ['without scope', without('scope'), 'claims'],
    ['issued in the future', claims({ iat: seconds + 60 }), 'claims'],
    ['that lives ten years', claims({ exp: seconds + 315_360_000 }), 'claims'],
    ['that lives ten years and is old', claims({ iat: seconds - 86_400, exp: seconds + 315_360_000 }), 'expired'],
    ['that lives a second too long', claims({ exp: seconds + 901 }), 'claims'],
    ['of another issuer', claims({ iss: 'https://evil.example' }), 'claims'],
    ['without issuer', without('iss'), 'claims'],
    ['for another audience', claims({ aud: 'orders' }), 'claims'],
    ['without audience', without('aud'), 'claims'],
    ['that has expired', claims({ iat: seconds - 906, exp: seconds - 6 }), 'expired'],
    ['not valid yet', claims({ nbf: seconds + 60 }), 'claims'],
    ['of somebody and of nobody', claims({ anon: true }), 'claims'],
    ['of nobody', { ...without('sub', 'sid', 'scope'), anon: true }, 'claims'],
    ['whose sub is of another kind', claims({ sub: newId('ord') }), 'claims'],
    ['whose sub is spelt otherwise', claims({ sub: user.userId.toUpperCase() }), 'claims'],
    ['whose sub is SQL', claims({ sub: "usr_' OR 1=1 --" }), 'claims'],
    ['of a service with a session', claims({ sub: service.serviceId }), 'claims'],
    ['whose scopes are a list', claims({ scope: ['stock:read'] }), 'claims'],
    ['whose exp is text', claims({ exp: '2999-01-01' }), 'claims'],
  ])('A15 a token %s is refused', async (_, forged, fault) => {
    expect(await faultOf(aVerifier().verify(await forge(key, forged)))).toBe(fault);
  });

  test.each<[string, Claims, TokenFault]>([
    ['another typ', { typ: 'JWT' }, 'header'],
    ['no typ', { typ: undefined }, 'header'],
    ['the typ of the other kind', { typ: 'gw+jwt' }, 'header'],
    ['an extension that must be understood', { crit: ['exp2'], exp2: 1 }, 'header'],
  ])('A15 a token with %s is refused', async (_, header, fault) => {
    expect(await faultOf(aVerifier().verify(await forge(key, claims(), header)))).toBe(fault);
  });

  test.each<[string, Claims]>([
    ['no kid', { kid: undefined }],
    ['a kid that is a path', { kid: '../../etc/passwd' }],
    ['a kid that is SQL', { kid: "x' UNION SELECT 'key" }],
    ['a kid that is empty', { kid: '' }],
    ['a kid of 65 characters', { kid: 'k'.repeat(65) }],
    ['a jku', { jku: 'http://127.0.0.1:9/keys' }],
    ['an x5u', { x5u: 'http://127.0.0.1:9/cert' }],
    ['an x5c', { x5c: ['MIIB'] }],
    ['a jwk', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }],
  ])('A15 a token with %s is refused before any key is looked up', async (_, header) => {
    const { verify, asked } = aVerifier();

    expect(await faultOf(verify(await forge(key, claims(), header)))).toBe('header');
    expect(asked).toEqual([]);
  });

  test('A15 a token that brings its own key is refused although its signature holds', async () => {
    const token = await forge(other, claims(), { kid: key.kid, jwk: other.publicJwk });
    expect(await faultOf(aVerifier().verify(token))).toBe('header');
  });

  test.each(['none', 'None', 'nOnE'])('A15 alg %s is refused', async (alg) => {
    const token = unsigned(claims(), { alg, typ: 'at+jwt', kid: key.kid });
    expect(['header', 'malformed']).toContain(await faultOf(aVerifier().verify(token)));
  });

  test('A15 HS256 keyed with the public key is refused', async () => {
    const token = signedWithPublicKey(key, claims(), { alg: 'HS256', typ: 'at+jwt', kid: key.kid });
    expect(await faultOf(aVerifier().verify(token))).toBe('header');
  });

  test('A15 a signature of another key, or of other claims, is refused', async () => {
    const [header, , signature] = (await forge(key, claims())).split('.');
    const [, admin] = (await forge(other, claims({ scope: 'users:read:any' }))).split('.');

    expect(await faultOf(aVerifier().verify(await forge(other, claims(), { kid: key.kid })))).toBe('signature');
    expect(await faultOf(aVerifier().verify([header, admin, signature].join('.')))).toBe('signature');
  });

  test('A15 a key that nobody published verifies nothing', async () => {
    expect(await faultOf(aVerifier().verify(await forge(other, claims())))).toBe('unknown-key');
  });

  test('A15 more than 4 KB are refused before parsing', async () => {
    const { verify, asked } = aVerifier();
    const long = await forge(key, claims({ scope: 'x'.repeat(4_096) }));

    expect(await faultOf(verify(long))).toBe('too-long');
    expect(asked).toEqual([]);
  });

  test.each(['', '.', '..', 'a.b.c', 'not a token', 'e30.e30.e30', '💥.💥.💥'])(
    'A15 %j is malformed or without a header of ours',
    async (text) => {
      expect(['malformed', 'header']).toContain(await faultOf(aVerifier().verify(text)));
    },
  );

  test('A15 one kind is never taken for the other, also when issuer and audience fit', async () => {
    const asAccess = await forge(key, { ...claims(), iss: gatewayIssuer, aud: 'orders', exp: seconds + 60 });
    const asGateway = await forge(key, claims(), { typ: 'gw+jwt' });

    expect(await faultOf(aVerifier({ kind: 'gateway' }).verify(asAccess))).toBe('header');
    expect(await faultOf(aVerifier().verify(asGateway))).toBe('header');
  });

  test('clocks may differ by five seconds', async () => {
    const early = await forge(key, claims({ iat: seconds + 4, exp: seconds + 904 }));
    const late = await forge(key, claims({ iat: seconds - 904, exp: seconds - 4 }));

    await expect(aVerifier().verify(early)).resolves.toBeDefined();
    await expect(aVerifier().verify(late)).resolves.toBeDefined();
  });
});

describe('what is remembered', () => {
  test('a token is verified once', async () => {
    const { verify, asked } = aVerifier();
    const token = await forge(key, claims());

    expect(await verify(token)).toBe(await verify(token));
    expect(asked).toHaveLength(1);
  });

  test('a remembered token ends when it ends', async () => {
    let now = start;
    const { verify } = aVerifier({ now: () => now });
    const token = await forge(key, claims());
    await verify(token);

    now = start + 904_999;
    await expect(verify(token)).resolves.toBeDefined();
    now = start + 905_001;

    expect(await faultOf(verify(token))).toBe('expired');
    expect(await faultOf(verify(token))).toBe('expired');
  });

  test('a refused token is refused again', async () => {
    const { verify } = aVerifier();
    const token = await forge(other, claims(), { kid: key.kid });

    expect(await faultOf(verify(token))).toBe('signature');
    expect(await faultOf(verify(token))).toBe('signature');
  });
});

test('at a rotation both keys hold, and the retired one ends with its withdrawal', async () => {
  const published = [key.publicJwk, other.publicJwk];
  const fresh = () => aVerifier({ keys: staticKeys(published) });
  const [before, after] = [await forge(key, claims()), await forge(other, claims())];

  await expect(fresh().verify(before)).resolves.toBeDefined();
  await expect(fresh().verify(after)).resolves.toBeDefined();
  published.shift();

  expect(await faultOf(fresh().verify(before))).toBe('unknown-key');
  await expect(fresh().verify(after)).resolves.toBeDefined();
});

test('a key set that cannot be asked is a fault of ours, not of the token', async () => {
  const { verify } = aVerifier({ keys: { find: () => Promise.reject(new TypeError('connection refused')) } });

  await expect(verify(await forge(key, claims()))).rejects.toThrow(KeysUnavailableError);
});
