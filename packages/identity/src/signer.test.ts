import { newId } from '@tally/kernel';
import { beforeAll, expect, test } from 'vitest';
import { gatewayIssuer, type Caller } from './caller.ts';
import { createCachedSigner, createSigner, type Signer } from './signer.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';

const start = Date.UTC(2026, 0, 5, 8);
const ada = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] } as const satisfies Caller;

let key: SigningKey;

beforeAll(async () => {
  key = await generateSigningKey();
});

/** A cached signer, its clock, and how often it really signed. */
function aCachedSigner(options: { maxEntries?: number } = {}) {
  const world = { now: start, signed: 0, fails: false };
  const clock = () => new Date(world.now);
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key, clock });
  const counting: Signer = {
    sign(caller, audience) {
      world.signed += 1;
      return world.fails ? Promise.reject(new Error('no key')) : signer.sign(caller, audience);
    },
  };
  return { world, signer: createCachedSigner(counting, { ...options, clock }) };
}

test('a token is used again for half its life', async () => {
  const { world, signer } = aCachedSigner();
  const first = await signer.sign(ada, 'orders');

  world.now = start + 29_999;
  expect(await signer.sign(ada, 'orders')).toBe(first);
  world.now = start + 30_000;
  const second = await signer.sign(ada, 'orders');

  expect(second.expiresAt).toEqual(new Date(start + 90_000));
  expect(world.signed).toBe(2);
});

test('callers at the same time share one signature', async () => {
  const { world, signer } = aCachedSigner();

  const tokens = await Promise.all(Array.from({ length: 20 }, () => signer.sign(ada, 'orders')));

  expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
  expect(world.signed).toBe(1);
});

test('A12 another audience, session, scope or person gets another token', async () => {
  const { signer } = aCachedSigner();
  const callers: readonly (readonly [Caller, string])[] = [
    [ada, 'orders'],
    [ada, 'payments'],
    [{ ...ada, sessionId: newId('ses') }, 'orders'],
    [{ ...ada, scopes: ['stock:read'] }, 'orders'],
    [{ ...ada, userId: newId('usr') }, 'orders'],
    [{ kind: 'service', serviceId: newId('svc'), scopes: [] }, 'orders'],
    [{ kind: 'anonymous' }, 'orders'],
  ];

  const tokens = await Promise.all(callers.map(([caller, audience]) => signer.sign(caller, audience)));

  expect(new Set(tokens.map(({ token }) => token)).size).toBe(callers.length);
});

test('a failure is not remembered', async () => {
  const { world, signer } = aCachedSigner();
  world.fails = true;
  await expect(signer.sign(ada, 'orders')).rejects.toThrow('no key');
  world.fails = false;

  await expect(signer.sign(ada, 'orders')).resolves.toBeDefined();
});

test('the cache is bounded', async () => {
  const { world, signer } = aCachedSigner({ maxEntries: 1 });
  await signer.sign(ada, 'orders');
  await signer.sign(ada, 'payments');
  await signer.sign(ada, 'orders');

  expect(world.signed).toBe(3);
});
