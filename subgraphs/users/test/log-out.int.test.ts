import { eventually } from '@tally/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { anonymous, aUsersWorld, callerOf, login, payloadOf, refresh, type Person, type UsersWorld } from './world.ts';

const logout = 'mutation ($all: Boolean) { logout(allDevices: $all) }';

const signInAgain = async (world: UsersWorld, { email, password }: Person) => {
  const { accessToken, refreshToken } = payloadOf(await world.ask(login, { input: { email, password } }), 'login');
  return { caller: callerOf(accessToken), refreshToken: refreshToken ?? '' };
};
const codeOf = async (world: UsersWorld, token: string) =>
  payloadOf(await world.ask(refresh, { token }), 'sessionRefresh').userErrors[0]?.code ?? 'OK';

test.each([[false], [null], [undefined]])('logging out with allDevices %s ends the session at hand and no other', async (all) => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const other = await signInAgain(world, ada);

  const answer = await world.ask(logout, all === undefined ? {} : { all }, ada.caller);

  expect(answer).toMatchObject({ data: { logout: true }, errors: [] });
  expect(await codeOf(world, ada.refreshToken)).toBe('SESSION_REVOKED');
  expect(await codeOf(world, other.refreshToken)).toBe('OK');
  expect((await world.events('users.session.v1', ada.id)).at(-1)).toEqual({
    type: 'SessionRevoked',
    sequence: 3,
    data: { user: { id: ada.id }, session: { id: ada.caller.sessionId }, reason: 'LOGOUT' },
  });
});

test('logging out everywhere ends all of the caller, one event each, and nobody else', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];
  const others = [await signInAgain(world, ada), await signInAgain(world, ada)];

  await world.ask(logout, { all: true }, ada.caller);

  for (const { refreshToken } of [ada, ...others]) expect(await codeOf(world, refreshToken)).toBe('SESSION_REVOKED');
  expect(await codeOf(world, bob.refreshToken)).toBe('OK');
  const revoked = (await world.events('users.session.v1', ada.id)).filter(({ type }) => type === 'SessionRevoked');
  expect(revoked.map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  const ended = revoked.map(({ data }) => (data as { session: { id: string } }).session.id).sort();
  expect(ended).toEqual([ada, ...others].map(({ caller }) => caller.sessionId as string).sort());
});

test('logging out everywhere from many places at once says each end once', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  for (let device = 0; device < 3; device++) await signInAgain(world, ada);
  const other = new pg.Client({ connectionString: world.database.urls.users.app });
  await other.connect();
  await other.query('BEGIN; SELECT FROM session FOR UPDATE');

  const leaving = Array.from({ length: 4 }, () => world.ask(logout, { all: true }, ada.caller));
  await eventually(async () => {
    expect(
      await world.sql.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
    ).toBe(4);
  });
  await other.query('COMMIT');
  await other.end();

  expect((await Promise.all(leaving)).flatMap(({ errors }) => errors)).toEqual([]);
  const told = (await world.events('users.session.v1', ada.id)).map(({ type, sequence }) => `${String(sequence)} ${type}`);
  expect(told).toEqual([1, 2, 3, 4].map((at) => `${String(at)} SignedIn`).concat([5, 6, 7, 8].map((at) => `${String(at)} SessionRevoked`)));
});

test('logging out twice, or from a session that nobody knows, is fine and says nothing', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];
  await world.ask(logout, {}, ada.caller);

  const answers = [
    await world.ask(logout, {}, ada.caller),
    await world.ask(logout, {}, { ...ada.caller, sessionId: bob.caller.sessionId }),
  ];

  for (const answer of answers) expect(answer).toMatchObject({ data: { logout: true }, errors: [] });
  expect(await codeOf(world, bob.refreshToken)).toBe('OK');
  expect(await world.events('users.session.v1', ada.id)).toHaveLength(2);
  expect(await world.events('users.session.v1', bob.id)).toHaveLength(1);
});

test.each([anonymous, { kind: 'service', serviceId: 'svc_0190a8f00000700080000000000000aa', scopes: [] } as never])(
  'a $kind caller has no session to end',
  async (caller) => {
    await using world = await aUsersWorld();

    expect(await world.ask(logout, {}, caller)).toMatchObject({
      data: { logout: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  },
);

test('logging out is four statements, however many devices', async () => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const ada = await world.person();
  await signInAgain(world, ada);
  world.statements.length = 0;

  await world.ask(logout, { all: true }, ada.caller);

  expect(world.statements.map((text) => text.trimStart().split(/\s/, 1)[0])).toEqual(['BEGIN', 'WITH', 'INSERT', 'COMMIT']);
});
