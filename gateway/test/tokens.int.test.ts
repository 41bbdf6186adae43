import { accessAudience, accessIssuer, createSigner, gatewayIssuer, generateSigningKey, type Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import { base64url, importJWK, SignJWT } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { aWorld, leak, seen, user, type World } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

const now = (): number => Math.floor(Date.now() / 1000);

async function forged(world: World, header: Record<string, unknown>, claims: Record<string, unknown> = {}): Promise<string> {
  const standard = {
    iss: accessIssuer,
    aud: accessAudience,
    sub: user.userId,
    sid: user.sessionId,
    scope: '',
    iat: now(),
    exp: now() + 600,
  };
  const key = await importJWK(world.usersKey.privateJwk, 'EdDSA');
  return await new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: world.usersKey.kid, ...header })
    .sign(key, { crit: { 'urn:nobody:knows': true } });
}

const unsigned = (header: object): string =>
  `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify({ iss: accessIssuer, aud: accessAudience, sub: user.userId, iat: now(), exp: now() + 600 }))}.`;

const table: readonly [string, (world: World) => string | Promise<string>][] = [
  ['garbage', () => 'not-a-token'],
  ['algorithm none', (world) => unsigned({ alg: 'none', typ: 'at+jwt', kid: world.usersKey.kid })],
  [
    'HS256 keyed with the public key',
    async (world) =>
      await new SignJWT({ sub: user.userId, scope: '' })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: world.usersKey.kid })
        .setIssuer(accessIssuer)
        .setAudience(accessAudience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode(JSON.stringify(world.usersKey.publicJwk))),
  ],
  [
    'another signer with the right kid',
    async (world) =>
      (
        await createSigner({
          kind: 'access',
          issuer: accessIssuer,
          key: { ...(await generateSigningKey()), kid: world.usersKey.kid },
        }).sign(user, accessAudience)
      ).token,
  ],
  ['an unknown kid', (world) => forged(world, { kid: 'somebody-else' })],
  ['a kid with a path', (world) => forged(world, { kid: '../../etc/passwd' })],
  ['a kid with SQL', (world) => forged(world, { kid: "' OR 1=1 --" })],
  ['no kid', (world) => forged(world, { kid: undefined })],
  ['a key of its own', (world) => forged(world, { jwk: world.usersKey.publicJwk })],
  ['a key set of its own', (world) => forged(world, { jku: 'https://evil.example/jwks' })],
  ['a critical header nobody knows', (world) => forged(world, { crit: ['urn:nobody:knows'], 'urn:nobody:knows': 1 })],
  ['another issuer', (world) => forged(world, {}, { iss: gatewayIssuer })],
  ['a foreign audience', (world) => forged(world, {}, { aud: 'books' })],
  ['expired', (world) => forged(world, {}, { iat: now() - 800, exp: now() - 60 })],
  ['not yet valid', (world) => forged(world, {}, { nbf: now() + 120 })],
  ['issued in the future', (world) => forged(world, {}, { iat: now() + 120 })],
  ['no expiry', (world) => forged(world, {}, { exp: undefined })],
  ['no subject', (world) => forged(world, {}, { sub: undefined })],
  ['ten years of life', (world) => forged(world, {}, { exp: now() + 315_360_000 })],
  ['a subject of another kind', (world) => forged(world, {}, { sub: newId('ses') })],
  ['longer than 4 KB', (world) => forged(world, {}, { scope: 'x'.repeat(5_000) })],
  [
    'a gateway token',
    async (world) =>
      (await createSigner({ kind: 'gateway', issuer: gatewayIssuer, key: world.gatewayKey }).sign(user, accessAudience)).token,
  ],
];

test.each(table)('A15 a bad token is UNAUTHENTICATED, never anonymous: %s', async (_, make) => {
  await using world = await aWorld();

  const reply = await world.ask('{ books { id } }', { token: await make(world) });

  expect(reply.status).toBe(401);
  const traceId: unknown = expect.any(String);
  expect(reply.body).toEqual({ errors: [{ message: 'The access token is not valid.', extensions: { code: 'UNAUTHENTICATED', traceId } }] });
  expect(world.fetches()).toBe(0);
});

test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b'])(
  'A15 an authorization header of another form is refused: %s',
  async (authorization) => {
    await using world = await aWorld();

    const reply = await world.ask('{ books { id } }', { headers: { authorization } });

    expect(reply.status).toBe(401);
  },
);

test('A12 each subgraph gets a token for itself alone, on behalf of the caller, and identity headers of the client go nowhere', async () => {
  await using world = await aWorld();

  const reply = await world.ask('{ books { stars author { name } } }', {
    token: await world.tokenFor(['library:owner']),
    headers: { 'x-user-id': 'usr_evil', 'x-scopes': 'admin' },
  });

  expect(reply.body.errors).toBeUndefined();
  const tokens = Object.values(world.doubles).map(({ calls }) => calls[0]);
  expect(new Set(tokens.map((call) => call?.headers['authorization'])).size).toBe(3);
  for (const call of tokens) {
    expect(call?.caller).toMatchObject({ kind: 'user', userId: user.userId, sessionId: user.sessionId, scopes: ['library:owner'] });
    expect(Object.keys(call?.headers ?? {}).sort()).toEqual(['authorization', 'traceparent']);
  }
});

test('A12 a token for one subgraph is refused by the next', async () => {
  await using world = await aWorld();
  await world.ask('{ books { id } }');
  const headers = { authorization: world.doubles.books.calls[0]?.headers['authorization'] };

  const answer = await world.doubles.people.execute({ query: '{ authors { id } }', headers });

  expect(answer.status).toBe(401);
});

test('an anonymous caller is anonymous to subgraphs', async () => {
  await using world = await aWorld();

  await world.ask('{ books { id } }');

  expect(world.doubles.books.calls[0]?.caller).toMatchObject({ kind: 'anonymous' } satisfies Caller);
});

test('a subgraph that refuses the token is unavailable; the caller is not told to sign in', async () => {
  await using world = await aWorld();
  world.doubles.books.behave(() =>
    Promise.resolve({ status: 401, body: { errors: [{ message: 'who?', extensions: { code: 'UNAUTHENTICATED' } }] } }),
  );

  const reply = await world.ask('{ search { __typename } book(id: "b1") { id } }');

  expect(reply.status).toBe(200);
  expect(reply.body.errors?.map(({ extensions }) => extensions['code'])).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE']);
});

test('while nobody can be asked for keys, tokens are neither good nor bad', async () => {
  const key = await generateSigningKey();
  await using world = await aWorld({ config: { identity: { usersJwks: () => Promise.reject(new TypeError('down')), signingKey: key } } });

  const ready = await fetch(`${world.url}/health/ready`);
  const reply = await world.ask('{ books { id } }', { token: await world.tokenFor([]) });

  expect(ready.status).toBe(503);
  expect(reply.status).toBe(503);
  expect(reply.body.errors?.[0]?.extensions['code']).toBe('SUBGRAPH_UNAVAILABLE');
  expect(world.fetches()).toBe(0);
});
