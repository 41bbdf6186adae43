import { expect, test } from 'vitest';
import { sqlOf, type RawClient } from '@tally/subgraph-kit';
import { createRetentionStore } from '../src/adapters/prisma/retention-store.ts';
import { createForgetExpired } from '../src/use-cases/forget-expired.ts';
import { aUsersWorld, login, payloadOf, refresh, type UsersWorld } from './world.ts';

/** The use case on the world's database and clock. */
function forgetExpiredIn({ sql, clock }: UsersWorld) {
  const client: RawClient = {
    $queryRawUnsafe: async <Result>(text: string, ...values: unknown[]) => (await sql.rows(text, values)) as Result,
    $executeRawUnsafe: (text, ...values) => sql.execute(text, values),
  };
  const removed: object[] = [];
  const telemetry = {
    registered: () => undefined,
    loggedIn: () => undefined,
    reuseDetected: () => undefined,
    forgotten: (rows: object) => removed.push(rows),
  };
  return { forgetExpired: createForgetExpired({ retention: createRetentionStore(sqlOf(client)), clock, telemetry }), removed };
}

const day = 86_400_000;

test('sessions are forgotten a week after their end, with their tokens, and not before', async () => {
  await using world = await aUsersWorld();
  const { forgetExpired, removed } = forgetExpiredIn(world);
  const [ada] = [await world.person(), await world.person()];
  await world.ask(refresh, { token: ada.refreshToken });

  world.advance(36 * day);
  await forgetExpired();
  world.advance(2 * day);
  await forgetExpired();

  expect(removed).toEqual([
    { sessions: 0, attempts: 0 },
    { sessions: 2, attempts: 0 },
  ]);
  expect(await world.sql.number('SELECT count(*) FROM refresh_token')).toBe(0);
  expect(await world.sql.number('SELECT count(*) FROM account')).toBe(2);
});

test('names that strangers tried are forgotten when they no longer count', async () => {
  await using world = await aUsersWorld();
  const { forgetExpired } = forgetExpiredIn(world);
  await world.sql.execute(
    `INSERT INTO login_attempts (subject, attempts, until) SELECT sha256(number::text::bytea), 3, $1::timestamptz FROM generate_series(1, 12000) AS number`,
    [world.clock()],
  );
  payloadOf(await world.ask(login, { input: { email: 'nobody@example.com', password: 'another password' } }), 'login');

  world.advance(15 * 60_000 + 1_000);
  await forgetExpired();

  expect(await world.sql.number('SELECT count(*) FROM login_attempts')).toBe(1);
});
