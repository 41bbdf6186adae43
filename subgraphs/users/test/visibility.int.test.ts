import type { Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { aCaller, anonymous, aUsersWorld, type UsersWorld } from './world.ts';

const whole = 'id displayName role createdAt email addresses { id }';
const entities = `query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on User { ${whole} } } }`;

const reference = async (world: UsersWorld, caller: Caller, ...ids: readonly string[]) =>
  (await world.ask(entities, { refs: ids.map((id) => ({ __typename: 'User', id })) }, caller)).data?.['_entities'];

const service = (scopes: readonly string[]): Caller => ({ kind: 'service', serviceId: newId('svc'), scopes });

test('me is who is signed in, and nobody else', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const me = async (caller: Caller) => (await world.ask(`{ me { ${whole} } }`, {}, caller)).data?.['me'];

  expect(await me(ada.caller)).toMatchObject({ id: ada.id, email: ada.email, role: 'CUSTOMER', addresses: [] });
  expect(await me(anonymous)).toBeNull();
  expect(await me(service(['users:read:any']))).toBeNull();
  expect(await me(aCaller())).toBeNull();
});

test('me is one statement, and nothing is asked for when nobody is signed in', async () => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const ada = await world.person();
  world.statements.length = 0;

  await world.ask('{ me { id email } }', {}, anonymous);
  expect(world.statements).toEqual([]);
  await world.ask('{ me { id email } again: me { displayName role } }', {}, ada.caller);

  expect(world.statements).toHaveLength(1);
});

test('A10 a reference to a user resolves for the user, and for whoever reads all', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];

  expect(await reference(world, ada.caller, ada.id)).toMatchObject([{ id: ada.id, email: ada.email }]);
  expect(await reference(world, aCaller(bob.id, ['users:read:any']), ada.id, bob.id)).toMatchObject([
    { email: ada.email },
    { email: bob.email },
  ]);
  expect(await reference(world, service(['users:read:any']), ada.id)).toMatchObject([{ email: ada.email }]);
  for (const caller of [anonymous, bob.caller, service([]), aCaller(newId('usr'), ['orders:read:any'])]) {
    expect(await reference(world, caller, ada.id)).toEqual([null]);
  }
});

test('A10 missing, foreign and malformed look alike, and cost no statement', async () => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const [ada, bob] = [await world.person(), await world.person()];
  world.statements.length = 0;

  const answer = await world.ask(
    entities,
    { refs: [ada.id, newId('usr'), 'usr_1', '', ada.id.toUpperCase(), newId('ord')].map((id) => ({ __typename: 'User', id })) },
    bob.caller,
  );

  expect(answer).toMatchObject({ data: { _entities: [null, null, null, null, null, null] }, errors: [] });
  expect(world.statements).toEqual([]);
});

test.each([1, 10, 100])('%i references are one statement, and their addresses another', async (count) => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const staff = aCaller(newId('usr'), ['users:read:any']);
  const ids = Array.from({ length: count }, () => newId('usr'));
  await world.sql.execute(
    `INSERT INTO account (id, email, role, locale, password_hash) SELECT id::uuid, 'p' || number || '@example.com', 'CUSTOMER', 'en', '!'
     FROM unnest($1::text[]) WITH ORDINALITY AS given (id, number)`,
    [ids.map((id) => id.slice(4))],
  );
  world.statements.length = 0;

  expect(await reference(world, staff, ...ids, ...ids)).toHaveLength(2 * count);
  expect(world.statements).toHaveLength(2);
});

test('A13 what a representation says besides the key is not believed', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  const forged = { __typename: 'User', id: ada.id, role: 'ADMIN', email: 'evil@example.com' };
  const answer = await world.ask(entities, { refs: [forged] }, ada.caller);

  expect(answer.data?.['_entities']).toMatchObject([{ role: 'CUSTOMER', email: ada.email }]);
});
