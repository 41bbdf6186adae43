import { eventually } from '@tally/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { aUsersWorld, callerOf, payloadOf, refresh, type UsersWorld } from './world.ts';

const rotate = async (world: UsersWorld, token: string) => payloadOf(await world.ask(refresh, { token }), 'sessionRefresh');

const revoked = {
  accessToken: null,
  refreshToken: null,
  user: null,
  userErrors: [{ __typename: 'BasicError', code: 'SESSION_REVOKED', field: ['refreshToken'] }],
};

test('a refresh token gives a new pair for the same session', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  const pair = await rotate(world, ada.refreshToken);

  expect(pair.userErrors).toEqual([]);
  expect(callerOf(pair.accessToken)).toEqual(ada.caller);
  expect(pair.refreshToken).not.toBe(ada.refreshToken);
  expect((await rotate(world, pair.refreshToken ?? '')).userErrors).toEqual([]);
});

test('A16 two parallel refreshes with one token both succeed in the grace', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  const pairs = await Promise.all(Array.from({ length: 8 }, () => rotate(world, ada.refreshToken)));

  expect(pairs.map(({ userErrors }) => userErrors)).toEqual(Array.from({ length: 8 }, () => []));
  expect(new Set(pairs.map(({ refreshToken }) => refreshToken)).size).toBe(8);
  // Every child is good, and the session is one.
  const children = await Promise.all(pairs.map(({ refreshToken }) => rotate(world, refreshToken ?? '')));
  expect(children.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(await world.sql.number('SELECT count(*) FROM session')).toBe(1);
});

test('A16 a token shown again ten seconds after its use ends the whole family and says so', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const stolen = ada.refreshToken;
  const own = await rotate(world, stolen);

  world.advance(10_001);
  const thief = await rotate(world, stolen);

  expect(thief).toMatchObject(revoked);
  expect(await rotate(world, own.refreshToken ?? '')).toMatchObject(revoked);
  expect((await world.events('users.session.v1', ada.id)).at(-1)).toEqual({
    type: 'SessionRevoked',
    sequence: 2,
    data: { user: { id: ada.id }, session: { id: ada.caller.sessionId }, reason: 'REUSE' },
  });
  expect(world.lines.filter((line) => line.includes('used refresh token shown again'))).toHaveLength(1);
});

test('A16 the grace begins with the first use, and showing the token again does not renew it', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  await rotate(world, ada.refreshToken);

  world.advance(6_000);
  expect((await rotate(world, ada.refreshToken)).userErrors).toEqual([]);
  world.advance(6_000);

  expect(await rotate(world, ada.refreshToken)).toMatchObject(revoked);
});

test('A16 of many thieves at once one ends the family, and the event is said once', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  await rotate(world, ada.refreshToken);
  world.advance(10_001);

  const answers = await Promise.all(Array.from({ length: 6 }, () => rotate(world, ada.refreshToken)));

  for (const answer of answers) expect(answer).toMatchObject(revoked);
  expect((await world.events('users.session.v1', ada.id)).map(({ type }) => type)).toEqual(['SignedIn', 'SessionRevoked']);
});

test('A16 a refresh that meets the end of its session under way gets nothing', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const other = new pg.Client({ connectionString: world.database.urls.users.app });
  await other.connect();
  await other.query(`BEGIN; UPDATE session SET revoked_at = now(), revoke_reason = 'LOGOUT'`);

  const refreshing = rotate(world, ada.refreshToken);
  await eventually(async () => {
    expect(
      await world.sql.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
    ).toBe(1);
  });
  await other.query('COMMIT');
  await other.end();

  expect(await refreshing).toMatchObject(revoked);
});

test('A16 theft in one session leaves the others of its user open', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];
  await rotate(world, ada.refreshToken);
  world.advance(10_001);
  await rotate(world, ada.refreshToken);

  expect((await rotate(world, bob.refreshToken)).userErrors).toEqual([]);
});

test('unknown, malformed and expired tokens look like revoked ones', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const answers = [
    await rotate(world, ''),
    await rotate(world, 'x'.repeat(100_000)),
    await rotate(world, `${ada.refreshToken} `),
    await rotate(world, "' OR 1=1 --"),
  ];
  world.advance(30 * 24 * 60 * 60 * 1000);
  answers.push(await rotate(world, ada.refreshToken));

  for (const answer of answers) expect(answer).toEqual({ ...answers[0] });
  expect(answers[0]).toMatchObject(revoked);
  expect(await world.events('users.session.v1', ada.id)).toHaveLength(1);
});

test('a role that changed is in the next access token', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  await world.sql.execute(`UPDATE account SET role = 'STAFF' WHERE email = $1`, [ada.email]);

  const pair = await rotate(world, ada.refreshToken);

  expect(callerOf(pair.accessToken).scopes).toContain('orders:fulfil');
});

test('a refresh is four statements', async () => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const ada = await world.person();
  world.statements.length = 0;

  await rotate(world, ada.refreshToken);

  expect(world.statements.map((text) => text.trimStart().split(/\s/, 1)[0])).toEqual(['BEGIN', 'SELECT', 'WITH', 'COMMIT']);
});
