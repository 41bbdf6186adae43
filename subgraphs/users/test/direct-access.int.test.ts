import { accessAudience, accessIssuer, createSigner, gatewayIssuer, generateSigningKey, type SigningKey } from '@tally/identity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aUsersWorld, type Person, type UsersWorld } from './world.ts';

let world: UsersWorld;
let ada: Person;
let stranger: SigningKey;

beforeAll(async () => {
  [world, stranger] = await Promise.all([aUsersWorld({ http: { port: 0, host: '127.0.0.1' } }), generateSigningKey()]);
  ada = await world.person();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const gatewayToken = async (options: { key?: SigningKey; issuer?: string; audience?: string; ageMs?: number } = {}): Promise<string> => {
  const { key = world.gatewayKey, issuer = gatewayIssuer, audience = 'users', ageMs = 0 } = options;
  const signer = createSigner({ kind: 'gateway', issuer, key, clock: () => new Date(Date.now() - ageMs) });
  return (await signer.sign(ada.caller, audience)).token;
};
const accessToken = async (): Promise<string> =>
  (await createSigner({ kind: 'access', issuer: accessIssuer, key: world.config.signingKey }).sign(ada.caller, accessAudience)).token;

/** What an attacker may put into the header; `null` is no header. */
const credentials: Readonly<Record<string, () => Promise<string | null>>> = {
  'no token': async () => null,
  'an empty header': async () => '',
  'the scheme alone': async () => 'Bearer ',
  garbage: async () => 'Bearer not.a.token',
  'another scheme': async () => `Basic ${await gatewayToken()}`,
  'a token of another key': async () => `Bearer ${await gatewayToken({ key: stranger })}`,
  'a token of another key under the known kid': async () =>
    `Bearer ${await gatewayToken({ key: { ...stranger, kid: world.gatewayKey.kid } })}`,
  'a token of another issuer': async () => `Bearer ${await gatewayToken({ issuer: accessIssuer })}`,
  'a token for another subgraph': async () => `Bearer ${await gatewayToken({ audience: 'orders' })}`,
  'a token that has expired': async () => `Bearer ${await gatewayToken({ ageMs: 66_000 })}`,
  'a token of the future': async () => `Bearer ${await gatewayToken({ ageMs: -60_000 })}`,
  'an access token': async () => `Bearer ${await accessToken()}`,
};

const operations: Readonly<Record<string, { readonly query: string; readonly variables?: object }>> = {
  _entities: { query: 'query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on User { email } } }', variables: { refs: [] } },
  _service: { query: '{ _service { sdl } }' },
  __typename: { query: '{ __typename }' },
  introspection: { query: '{ __schema { types { name } } }' },
  login: { query: 'mutation { login(input: { email: "a@example.com", password: "b" }) { accessToken } }' },
  'a syntax error': { query: '{' },
};

const rows = Object.keys(credentials).flatMap((credential) => Object.keys(operations).map((operation) => [credential, operation] as const));

test.each(rows)('A11 with %s, %s is 401 over HTTP and in the process, and the answer says nothing', async (credential, operation) => {
  const authorization = (await credentials[credential]?.()) ?? null;
  const { query, variables } = operations[operation] ?? { query: '' };
  const refs = operation === '_entities' ? { refs: [{ __typename: 'User', id: ada.id }] } : variables;

  const overHttp = await fetch(`${world.users.subgraph?.url ?? ''}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
    body: JSON.stringify({ query, variables: refs }),
  });
  const inProcess = await world.users.subgraph?.execute({
    query,
    variables: { ...refs },
    headers: authorization === null ? {} : { authorization },
  });

  const refused = { errors: [{ message: 'A gateway token is required.', extensions: { code: 'UNAUTHENTICATED' } }] };
  expect([overHttp.status, await overHttp.json()]).toEqual([401, refused]);
  expect([inProcess?.status, inProcess?.body]).toEqual([401, refused]);
});

test('A12 headers that name somebody are ignored', async () => {
  const response = await fetch(`${world.users.subgraph?.url ?? ''}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${(await createSigner({ kind: 'gateway', issuer: gatewayIssuer, key: world.gatewayKey }).sign({ kind: 'anonymous' }, 'users')).token}`,
      'x-user-id': ada.id,
      'x-scopes': 'users:read:any',
      'x-forwarded-user': ada.id,
    },
    body: JSON.stringify({ query: '{ me { id } }' }),
  });

  expect(await response.json()).toEqual({ data: { me: null } });
});

test('A12 a token of somebody gives what is theirs alone', async () => {
  const bob = await world.person();
  const query = `{ node(id: "${bob.id}") { id } me { id } }`;

  expect((await world.ask(query, {}, ada.caller)).data).toEqual({ node: null, me: { id: ada.id } });
});

test('with a token, introspection stays off', async () => {
  expect((await world.ask('{ __schema { types { name } } }')).errors).toMatchObject([
    { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
});

test('GET carries no operation', async () => {
  const response = await fetch(`${world.users.subgraph?.url ?? ''}/graphql?query={__typename}`, {
    headers: { authorization: `Bearer ${await gatewayToken()}` },
  });
  expect(response.status).toBe(404);
});

test('health and the key set need no token, and the keys are public ones', async () => {
  const url = world.users.subgraph?.url ?? '';

  const health = await fetch(`${url}/health/ready`);
  const jwks = await fetch(`${url}/.well-known/jwks.json`);

  expect([health.status, await health.json()]).toEqual([200, { status: 'ready', dependencies: { database: 'ok' } }]);
  expect(jwks.headers.get('cache-control')).toBe('public, max-age=60');
  expect(await jwks.json()).toEqual({ keys: [world.config.signingKey.publicJwk] });
});
