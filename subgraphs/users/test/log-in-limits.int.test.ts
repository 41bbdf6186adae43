import { hash, verify } from '@node-rs/argon2';
import { freshEmail } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createPasswordHasher, parameters, type Argon2 } from '../src/adapters/argon2/password-hasher.ts';
import { HasherBusyError, type PasswordHasher } from '../src/ports/password-hasher.ts';
import { aUsersWorld, login, payloadOf, type SignedIn, type UsersWorld } from './world.ts';

const pepper = 'the pepper of a test';

/** The real library, and how often it worked. */
function aCountedHasher() {
  const work = { hash: 0, verify: 0 };
  const argon2: Argon2 = {
    hash(password, options) {
      work.hash += 1;
      return hash(password, options);
    },
    verify(passwordHash, password, options) {
      work.verify += 1;
      return verify(passwordHash, password, options);
    },
  };
  return { hasher: createPasswordHasher(pepper, { argon2 }), work };
}

const signIn = async (world: UsersWorld, email: string, password: string): Promise<SignedIn> =>
  payloadOf(await world.ask(login, { input: { email, password } }), 'login');
const codeOf = (signedIn: SignedIn): string => signedIn.userErrors[0]?.code ?? 'OK';

/** One request with as many sign-ins as there are aliases. */
const aliased = (count: number): string =>
  `mutation ($input: LoginInput!) { ${Array.from({ length: count }, (_, at) => `a${String(at)}: login(input: $input) { accessToken userErrors { code ... on RateLimitedError { retryAfterMs } } }`).join(' ')} }`;

test('A17 an unknown account and a wrong password are answered alike, after the same work and the same statements', async () => {
  const { hasher, work } = aCountedHasher();
  await using world = await aUsersWorld({ roles: ['api'], hasher });
  const ada = await world.person();
  const observe = async (email: string, password: string) => {
    Object.assign(work, { hash: 0, verify: 0 });
    world.statements.length = 0;
    const answer = await world.ask(login, { input: { email, password } });
    return { answer, work: { ...work }, statements: [...world.statements] };
  };

  const wrong = await observe(ada.email, 'another password');
  const unknown = await observe(freshEmail(), 'another password');

  expect(unknown).toEqual(wrong);
  expect(wrong.work).toEqual({ hash: 0, verify: 1 });
  expect(wrong.answer.data).toMatchObject({
    login: { accessToken: null, user: null, userErrors: [{ code: 'BAD_CREDENTIALS', field: null }] },
  });
});

test.each([
  ['too long to be a password', 'x'.repeat(100_000)],
  ['empty', ''],
  ['what stands in for an absent one', 'nobody has this password'],
])('A17 a password that is %s costs what any other costs', async (_, password) => {
  const { hasher, work } = aCountedHasher();
  await using world = await aUsersWorld({ hasher });
  const ada = await world.person();
  work.verify = 0;

  expect(codeOf(await signIn(world, ada.email, password))).toBe('BAD_CREDENTIALS');
  expect(codeOf(await signIn(world, freshEmail(), password))).toBe('BAD_CREDENTIALS');
  expect(work.verify).toBe(2);
});

test.each([
  ['text without @', 'no address'],
  ['nothing', ''],
  ['NUL', 'ada@example.com\u0000'],
  ['SQL', "' OR 1=1 --"],
  ['a hundred thousand letters', 'x'.repeat(100_000)],
])('A17 %s as an address is an unknown account like any other', async (_, email) => {
  const { hasher, work } = aCountedHasher();
  await using world = await aUsersWorld({ hasher });
  work.verify = 0;

  expect(codeOf(await signIn(world, email, 'seven green bottles'))).toBe('BAD_CREDENTIALS');
  expect(work.verify).toBe(1);
});

test('A17 the limit counts unknown accounts as it counts known ones', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const codes = async (email: string) => {
    const seen = [];
    for (let attempt = 0; attempt < 7; attempt++) seen.push(codeOf(await signIn(world, email, 'another password')));
    return seen;
  };

  const known = await codes(ada.email);

  expect(known).toEqual([...Array.from({ length: 5 }, () => 'BAD_CREDENTIALS'), 'RATE_LIMITED', 'RATE_LIMITED']);
  expect(await codes(freshEmail())).toEqual(known);
});

test('A18 fifty aliased sign-ins in one request are five attempts, and cost five hashes', async () => {
  const { hasher, work } = aCountedHasher();
  await using world = await aUsersWorld({ hasher });
  const ada = await world.person();
  work.verify = 0;

  const { data } = await world.ask(aliased(50), { input: { email: ada.email, password: 'another password' } });

  const codes = Object.values(data as unknown as Record<string, SignedIn>).map(codeOf);
  expect(codes.filter((code) => code === 'BAD_CREDENTIALS')).toHaveLength(5);
  expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(45);
  expect(work.verify).toBe(5);
});

test('A18 fifty sign-ins to one account at the same time are five attempts', async () => {
  const { hasher, work } = aCountedHasher();
  await using world = await aUsersWorld({ hasher });
  const ada = await world.person();
  work.verify = 0;

  const answers = await Promise.all(Array.from({ length: 50 }, () => signIn(world, ada.email, 'another password')));

  expect(answers.filter((answer) => codeOf(answer) === 'BAD_CREDENTIALS')).toHaveLength(5);
  expect(work.verify).toBe(5);
});

test('A18 the right password waits as well, and works when the delay is over; then the account is as new', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  for (let attempt = 0; attempt < 6; attempt++) await signIn(world, ada.email, 'another password');

  const early = await signIn(world, ada.email, ada.password);
  world.advance(60_000);
  const late = await signIn(world, ada.email, ada.password);

  expect(early.userErrors).toMatchObject([{ __typename: 'RateLimitedError', code: 'RATE_LIMITED' }]);
  expect(early.userErrors[0]?.retryAfterMs).toBeGreaterThan(50_000);
  expect(early.userErrors[0]?.retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(codeOf(late)).toBe('OK');
  expect(await world.sql.number('SELECT count(*) FROM login_attempts')).toBe(0);
});

test('A18 whoever goes on after a delay waits longer the next time', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  for (let attempt = 0; attempt < 6; attempt++) await signIn(world, ada.email, 'another password');
  world.advance(60_000);

  expect(codeOf(await signIn(world, ada.email, 'another password'))).toBe('BAD_CREDENTIALS');
  const next = await signIn(world, ada.email, 'another password');

  expect(next.userErrors[0]?.retryAfterMs).toBeGreaterThan(100_000);
});

test('A18 attempts on one account leave the others alone', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];
  for (let attempt = 0; attempt < 8; attempt++) await signIn(world, ada.email, 'another password');

  expect(codeOf(await signIn(world, bob.email, bob.password))).toBe('OK');
});

test('A18 while too many wait for the hasher, sign-in and registration say when to come back', async () => {
  const busy: PasswordHasher = {
    hash: () => Promise.reject(new HasherBusyError('busy')),
    verify: () => Promise.reject(new HasherBusyError('busy')),
  };
  await using world = await aUsersWorld({ hasher: busy });
  const input = { email: freshEmail(), password: 'seven green bottles' };

  const refused = await signIn(world, input.email, input.password);
  const registered = payloadOf(
    await world.ask(
      'mutation ($input: RegisterInput!) { register(input: $input) { userErrors { code ... on RateLimitedError { retryAfterMs } } } }',
      { input },
    ),
    'register',
  );

  expect(refused.userErrors).toMatchObject([{ code: 'RATE_LIMITED', retryAfterMs: 1_000 }]);
  expect(registered.userErrors).toEqual([{ code: 'RATE_LIMITED', retryAfterMs: 1_000 }]);
  expect(await world.sql.number('SELECT count(*) FROM account')).toBe(0);
});

test('a hash with stale parameters is renewed at sign-in, and only then', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const stale = await hash(ada.password, { ...parameters, secret: Buffer.from(pepper), memoryCost: 8_192, timeCost: 3 });
  await world.sql.execute('UPDATE account SET password_hash = $1', [stale]);
  const kept = async () => String((await world.sql.row('SELECT password_hash FROM account'))['password_hash']);

  expect(codeOf(await signIn(world, ada.email, 'another password'))).toBe('BAD_CREDENTIALS');
  expect(await kept()).toBe(stale);
  expect(codeOf(await signIn(world, ada.email, ada.password))).toBe('OK');

  const renewed = await kept();
  expect(renewed).toContain('$m=19456,t=2,p=1$');
  expect(codeOf(await signIn(world, ada.email, ada.password))).toBe('OK');
  expect(await kept()).toBe(renewed);
});

test('a busy hasher puts the renewal off, not the sign-in', async () => {
  const right: PasswordHasher = { hash: () => Promise.reject(new HasherBusyError('busy')), verify: () => Promise.resolve('stale') };
  await using world = await aUsersWorld({ hasher: right });
  await world.sql.execute(
    `INSERT INTO account (id, email, role, locale, password_hash) VALUES (gen_random_uuid(), 'ada@example.com', 'CUSTOMER', 'en', 'old')`,
  );

  expect(codeOf(await signIn(world, 'ada@example.com', 'seven green bottles'))).toBe('OK');
  expect(await world.sql.row('SELECT password_hash FROM account')).toEqual({ password_hash: 'old' });
});
