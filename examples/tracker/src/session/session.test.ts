import { expect, test } from 'vitest';
import type { Post } from '../graph/post.ts';
import { createPassingSession } from './kept-session.ts';
import { createSession } from './session.ts';

const signedIn = (serial: number) => ({
  accessToken: `access ${String(serial)}`,
  refreshToken: `refresh ${String(serial)}`,
  expiresAt: new Date(serial * 900_000).toISOString(),
  user: { id: 'usr_1', displayName: 'Ada', role: 'CUSTOMER' },
  userErrors: [],
});
const refused = {
  accessToken: null,
  refreshToken: null,
  expiresAt: null,
  user: null,
  userErrors: [{ code: 'SESSION_REVOKED', message: 'Ended.' }],
};

/** A shop that hands out tokens of 15 minutes, and remembers which were swapped. */
function aShop(options: { readonly revoked?: boolean } = {}) {
  const swapped: unknown[] = [];
  let serial = 0;
  const post: Post = async <Data>(document: string, variables: Readonly<Record<string, unknown>>): Promise<Data> => {
    await Promise.resolve();
    if (document.includes('SessionRefresh')) {
      swapped.push(variables['refreshToken']);
      return { signedIn: options.revoked === true ? refused : signedIn(++serial) } as Data;
    }
    return (document.includes('Logout') ? { logout: true } : { signedIn: signedIn(++serial) }) as Data;
  };
  const clock = { now: 0 };
  const kept = createPassingSession();
  return { swapped, clock, kept, session: createSession({ post, kept, now: () => clock.now }) };
}

test('nobody has no token', async () => {
  const { session } = aShop();

  expect(await session.token()).toBeNull();
  expect(session.current()).toBeNull();
});

test('a token that holds is not renewed', async () => {
  const { session, swapped } = aShop();
  expect(await session.signIn('ada@example.com', 'secret')).toBeNull();

  expect(await session.token()).toBe('access 1');
  expect(swapped).toEqual([]);
});

test('a token that is about to end is renewed once, however many ask', async () => {
  const { session, swapped, clock } = aShop();
  await session.signIn('ada@example.com', 'secret');
  clock.now = 850_000;

  expect(await Promise.all([session.token(), session.token(), session.tokenInsteadOf('access 1')])).toEqual([
    'access 2',
    'access 2',
    'access 2',
  ]);
  expect(swapped).toEqual(['refresh 1']);
});

test('a token that another tab has renewed is taken from there', async () => {
  const { session, swapped, kept } = aShop();
  await session.signIn('ada@example.com', 'secret');
  const other = kept.read();
  if (other !== null) kept.write({ ...other, accessToken: 'access of the other tab' });

  expect(await session.tokenInsteadOf('access 1')).toBe('access of the other tab');
  expect(swapped).toEqual([]);
});

test('a session that the shop has ended is over, and says so', async () => {
  const { session, clock } = aShop({ revoked: true });
  await session.signIn('ada@example.com', 'secret');
  clock.now = 850_000;

  expect(await session.token()).toBeNull();
  expect([session.current(), session.wasEnded()]).toEqual([null, true]);
});

test('who signs out is nobody at once', async () => {
  const { session, kept } = aShop();
  await session.signIn('ada@example.com', 'secret');
  let told = 0;
  session.subscribe(() => told++);

  await session.signOut();

  expect([session.current(), session.wasEnded(), kept.read(), told]).toEqual([null, false, null, 1]);
});
