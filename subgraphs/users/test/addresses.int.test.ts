import { newId, toUuid } from '@tally/kernel';
import { expect, test } from 'vitest';
import { anonymous, aUsersWorld, payloadOf, type Person, type UsersWorld } from './world.ts';

const fields = 'user { addresses { id label line1 isDefault } } userErrors { code field }';
const save = `mutation ($input: AddressSaveInput!) { addressSave(input: $input) { ${fields} } }`;
const remove = `mutation ($id: ID!) { addressRemove(id: $id) { ${fields} } }`;

interface Saved {
  readonly user: {
    readonly addresses: readonly {
      readonly id: string;
      readonly label: string | null;
      readonly line1: string;
      readonly isDefault: boolean;
    }[];
  } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
}

const home = { line1: 'Lindenstraße 12', city: 'Berlin', postalCode: '10969', country: 'DE' };

const saves = async (world: UsersWorld, { caller }: Person, input: Readonly<Record<string, unknown>>): Promise<Saved> =>
  payloadOf<Saved>(await world.ask(save, { input: { ...home, ...input } }, caller), 'addressSave');
const removes = async (world: UsersWorld, { caller }: Person, id: string): Promise<Saved> =>
  payloadOf<Saved>(await world.ask(remove, { id }, caller), 'addressRemove');

const idAt = ({ user }: Saved, at: number): string => user?.addresses[at]?.id ?? '';
const labels = ({ user }: Saved) => user?.addresses.map(({ label, isDefault }) => (isDefault ? `*${label ?? ''}` : label));

test('the first address is the default, and a new default takes its place', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  expect(labels(await saves(world, ada, { label: 'home' }))).toEqual(['*home']);
  expect(labels(await saves(world, ada, { label: 'work' }))).toEqual(['*home', 'work']);
  expect(labels(await saves(world, ada, { label: 'shed', isDefault: true }))).toEqual(['*shed', 'home', 'work']);
});

test('an address that is saved under its id is replaced whole, and stays the default if it was', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const id = idAt(await saves(world, ada, { label: 'home' }), 0);

  const saved = await saves(world, ada, { id, line1: 'Zeil 88', isDefault: false });

  expect(saved.user?.addresses).toEqual([{ id, label: null, line1: 'Zeil 88', isDefault: true }]);
});

test('a later address becomes the default when it is saved as one', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  await saves(world, ada, { label: 'home' });
  const id = idAt(await saves(world, ada, { label: 'work' }), 1);

  expect(labels(await saves(world, ada, { id, label: 'work', isDefault: true }))).toEqual(['*work', 'home']);
});

test('when the default goes, the oldest of the others becomes it', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const id = idAt(await saves(world, ada, { label: 'home' }), 0);
  await saves(world, ada, { label: 'work' });
  await saves(world, ada, { label: 'shed' });

  expect(labels(await removes(world, ada, id))).toEqual(['*work', 'shed']);
  expect(await removes(world, ada, id)).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] });
});

test('A10 another’s address and one that does not exist are the same NOT_FOUND, and stay as they are', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];
  const foreign = idAt(await saves(world, ada, { label: 'home' }), 0);

  for (const id of [foreign, newId('adr')]) {
    expect(await saves(world, bob, { id, label: 'mine' })).toEqual({
      user: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    });
    expect(await removes(world, bob, id)).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] });
  }

  expect(await world.sql.rows('SELECT label FROM address')).toEqual([{ label: 'home' }]);
});

test('parallel saves keep one default', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  const saved = await Promise.all(Array.from({ length: 12 }, (_, at) => saves(world, ada, { label: String(at), isDefault: at % 2 === 0 })));

  expect(saved.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(await world.sql.number('SELECT count(*) FROM address')).toBe(12);
  expect(await world.sql.number('SELECT count(*) FROM address WHERE is_default')).toBe(1);
});

test('an account keeps fifty addresses, also when many are saved at once', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const kept = Array.from({ length: 45 }, () => newId('adr'));
  await world.sql.execute(
    `INSERT INTO address (id, user_id, line1, city, postal_code, country)
     SELECT given.id, account.id, 'x', 'x', 'x', 'DE' FROM account, unnest($1::uuid[]) AS given (id)`,
    [kept.map(toUuid)],
  );

  const saved = await Promise.all(Array.from({ length: 10 }, () => saves(world, ada, {})));

  const codes = saved.map(({ userErrors }) => userErrors[0]?.code ?? 'OK').sort();
  expect(codes).toEqual([...Array.from({ length: 5 }, () => 'INVALID'), ...Array.from({ length: 5 }, () => 'OK')]);
  expect(await world.sql.number('SELECT count(*) FROM address')).toBe(50);
  // Those that are there may still change.
  expect((await saves(world, ada, { id: kept[0] })).userErrors).toEqual([]);
});

test('addresses belong to people: nobody and services have none', async () => {
  await using world = await aUsersWorld();

  for (const caller of [anonymous, { kind: 'service', serviceId: newId('svc'), scopes: ['users:read:any'] } as const]) {
    expect(await world.ask(save, { input: home }, caller)).toMatchObject({
      data: { addressSave: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(await world.ask(remove, { id: newId('adr') }, caller)).toMatchObject({
      data: { addressRemove: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  }
});

test('an account that is gone keeps no address', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  await world.sql.execute('DELETE FROM account');

  expect(await saves(world, ada, {})).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] });
});
