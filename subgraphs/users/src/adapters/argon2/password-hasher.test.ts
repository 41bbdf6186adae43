import { hash } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { HasherBusyError } from '../../ports/password-hasher.ts';
import { createPasswordHasher, maxWaiting, type Argon2 } from './password-hasher.ts';

const pepper = 'a pepper for this test';

/** A library whose work ends when the test says so. */
function aSlowLibrary() {
  const open: (() => void)[] = [];
  const counts = { running: 0, most: 0, calls: 0 };
  const work = async <Result>(result: Result): Promise<Result> => {
    counts.calls += 1;
    counts.running += 1;
    counts.most = Math.max(counts.most, counts.running);
    await new Promise<void>((resolve) => open.push(resolve));
    counts.running -= 1;
    return result;
  };
  const argon2: Argon2 = { hash: () => work('$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'), verify: () => work(true) };
  return { argon2, counts, finishOne: () => open.shift()?.() };
}

test('a hash is Argon2id with 19 MiB, two passes and one lane, salted', async () => {
  const hasher = createPasswordHasher(pepper);

  const [first, second] = [await hasher.hash('seven green bottles'), await hasher.hash('seven green bottles')];

  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(first).not.toBe(second);
});

test('the right password is right, any other is wrong', async () => {
  const hasher = createPasswordHasher(pepper);
  const made = await hasher.hash('seven green bottles');

  expect(await hasher.verify(made, 'seven green bottles')).toBe('right');
  expect(await hasher.verify(made, 'seven green bottle')).toBe('wrong');
  expect(await hasher.verify(made, '')).toBe('wrong');
});

test('without the pepper a stolen table is worth nothing', async () => {
  const made = await createPasswordHasher(pepper).hash('seven green bottles');
  expect(await createPasswordHasher('another pepper').verify(made, 'seven green bottles')).toBe('wrong');
});

test('a right password behind other parameters is stale', async () => {
  const options = { algorithm: 2, secret: Buffer.from(pepper), parallelism: 1, outputLen: 32 };
  const older = await hash('seven green bottles', { ...options, memoryCost: 8_192, timeCost: 3 });

  expect(await createPasswordHasher(pepper).verify(older, 'seven green bottles')).toBe('stale');
  expect(await createPasswordHasher(pepper).verify(older, 'another password')).toBe('wrong');
});

test('nobody has a password: an absent or unusable hash is wrong, even for what stands in for it', async () => {
  const hasher = createPasswordHasher(pepper);
  for (const passwordHash of [null, '!', '', '$2b$10$abcdefghijklmnopqrstuv']) {
    expect(await hasher.verify(passwordHash, 'nobody has this password')).toBe('wrong');
  }
});

test('A18 the queue is bounded: so many run, a hundred wait, the next is turned away, and later ones are served again', async () => {
  const { argon2, counts, finishOne } = aSlowLibrary();
  const hasher = createPasswordHasher(pepper, { atOnce: 2, argon2 });
  const settled: string[] = [];
  // The hash that stands in for nobody is the first of them.
  const served = Array.from({ length: maxWaiting + 1 }, () => hasher.hash('x').then(() => settled.push('served')));

  await expect(hasher.hash('x')).rejects.toThrow(HasherBusyError);
  await expect(hasher.verify(null, 'x')).rejects.toThrow(HasherBusyError);
  while (settled.length < served.length) {
    finishOne();
    await Promise.resolve();
  }
  await Promise.all(served);

  expect(counts).toMatchObject({ most: 2, running: 0, calls: maxWaiting + 2 });
  const again = hasher.hash('x');
  finishOne();
  await expect(again).resolves.toContain('$argon2id$');
});

test('a failure gives its place to the next', async () => {
  let calls = 0;
  const argon2: Argon2 = {
    hash: () => Promise.resolve('$argon2id$v=19$'),
    verify: () => (++calls === 1 ? Promise.reject(new Error('damaged hash')) : Promise.resolve(true)),
  };
  const hasher = createPasswordHasher(pepper, { atOnce: 1, argon2 });
  const both = await Promise.allSettled([hasher.verify('$argon2id$v=19$x', 'x'), hasher.verify('$argon2id$v=19$x', 'x')]);

  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('A18 the event loop turns while passwords are hashed', async () => {
  const hasher = createPasswordHasher(pepper, { atOnce: 1 });
  const turns = { count: 0, hashing: true };
  const turn = (): void => {
    turns.count += 1;
    if (turns.hashing) setImmediate(turn);
  };
  setImmediate(turn);

  await Promise.all(Array.from({ length: 4 }, () => hasher.hash('seven green bottles')));
  turns.hashing = false;

  // On the loop it would turn once or twice per hash; off it, it turns thousands of times.
  expect(turns.count).toBeGreaterThan(200);
});
