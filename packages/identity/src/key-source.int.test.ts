import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@tally/kernel';
import { beforeAll, expect, test } from 'vitest';
import { forge } from '../test/forge.ts';
import { accessAudience, accessIssuer } from './caller.ts';
import { remoteKeys } from './key-source.ts';
import { createSigner } from './signer.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';
import { createVerifier, InvalidTokenError, KeysUnavailableError } from './verifier.ts';

let first: SigningKey;
let second: SigningKey;

beforeAll(async () => {
  [first, second] = await Promise.all([generateSigningKey(), generateSigningKey()]);
});

interface Answer {
  status?: number;
  body?: string;
  location?: string;
}

/** A key set on a real socket, which counts its requests, and a monotonic clock that the test moves. */
async function aKeySet(keys: readonly SigningKey[]) {
  const state = { requests: 0, keys: [...keys], answer: null as Answer | null, silent: false, now: 1_000_000 };
  const server = createServer((_, response) => {
    state.requests += 1;
    if (state.silent) return;
    const { status = 200, body = JSON.stringify({ keys: state.keys.map(({ publicJwk }) => publicJwk) }), location } = state.answer ?? {};
    response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks.json`;
  return {
    state,
    url,
    source: remoteKeys(url, { timeoutMs: 300, now: () => state.now }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a key is fetched once, and found again without asking', async () => {
  await using set = await aKeySet([first]);

  const found = await Promise.all(Array.from({ length: 10 }, () => set.source.find(first.kid)));

  expect(found).toEqual(Array.from({ length: 10 }, () => first.publicJwk));
  expect(set.state.requests).toBe(1);
});

test('A15 unknown kids ask the key set once in thirty seconds, however many come', async () => {
  await using set = await aKeySet([first]);
  await set.source.find(first.kid);

  for (let kid = 0; kid < 100; kid++) expect(await set.source.find(`unknown-${String(kid)}`)).toBeNull();
  set.state.now += 29_999;
  expect(await set.source.find('unknown')).toBeNull();
  expect(set.state.requests).toBe(1);
  set.state.now += 1;
  expect(await set.source.find('unknown')).toBeNull();

  expect(set.state.requests).toBe(2);
});

test('at a rotation the next key is learnt when it first signs, and nobody is signed out', async () => {
  await using set = await aKeySet([first]);
  const verifier = createVerifier({ kind: 'access', issuer: accessIssuer, audience: accessAudience, keys: set.source });
  const ada = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] } as const;
  const tokenOf = async (key: SigningKey) =>
    (await createSigner({ kind: 'access', issuer: accessIssuer, key }).sign(ada, accessAudience)).token;
  const before = await tokenOf(first);
  await verifier.verify(before);

  set.state.keys = [first, second];
  set.state.now += 30_000;

  await expect(verifier.verify(await tokenOf(second))).resolves.toMatchObject({ userId: ada.userId });
  await expect(verifier.verify(before)).resolves.toMatchObject({ userId: ada.userId });
});

test('a key that was withdrawn ends within ten minutes, without anybody showing an unknown one', async () => {
  await using set = await aKeySet([first, second]);
  await set.source.find(first.kid);

  set.state.keys = [second];
  set.state.now += 600_000;
  expect(await set.source.find(first.kid)).not.toBeNull();

  await expect.poll(() => set.source.find(first.kid)).toBeNull();
  expect(set.state.requests).toBe(2);
});

test('what was known stays valid while the key set is away', async () => {
  await using set = await aKeySet([first]);
  await set.source.find(first.kid);
  set.state.answer = { status: 503 };
  set.state.now += 3_600_000;

  expect(await set.source.find(first.kid)).toEqual(first.publicJwk);
  await expect.poll(() => set.state.requests).toBe(2);
  expect(await set.source.find(first.kid)).toEqual(first.publicJwk);
});

test('A15 a key set that fails is asked once a second, and answers again at once when it is back', async () => {
  await using set = await aKeySet([first]);
  set.state.answer = { status: 500 };

  for (let attempt = 0; attempt < 20; attempt++) await expect(set.source.find(`kid-${String(attempt)}`)).rejects.toThrow('500');
  expect(set.state.requests).toBe(1);
  set.state.answer = null;
  set.state.now += 1_000;

  expect(await set.source.find(first.kid)).toEqual(first.publicJwk);
});

test.each<[string, Answer]>([
  ['no JSON', { body: '<html>' }],
  ['no key set', { body: '{"key":[]}' }],
  ['null', { body: 'null' }],
  ['a redirect', { status: 302, location: 'http://127.0.0.1:9/jwks.json', body: '' }],
])('A15 %s is no answer', async (_, answer) => {
  await using set = await aKeySet([first]);
  set.state.answer = answer;
  const verifier = createVerifier({ kind: 'access', issuer: accessIssuer, audience: accessAudience, keys: set.source });
  const token = await forge(first, {});

  await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError);
});

test('a key set that does not answer is given up', async () => {
  await using set = await aKeySet([first]);
  set.state.silent = true;

  await expect(set.source.find(first.kid)).rejects.toThrow();
});

test('A15 a token that names its own key set makes nobody fetch it', async () => {
  await using trap = await aKeySet([second]);
  await using set = await aKeySet([first]);
  const verifier = createVerifier({ kind: 'access', issuer: accessIssuer, audience: accessAudience, keys: set.source });

  for (const member of ['jku', 'x5u']) {
    await expect(verifier.verify(await forge(second, {}, { [member]: trap.url }))).rejects.toThrow(InvalidTokenError);
  }

  expect(trap.state.requests + set.state.requests).toBe(0);
});
