import { newId } from '@tally/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aUsersWorld, payloadOf, type Person, type UsersWorld } from './world.ts';

let world: UsersWorld;
let ada: Person;

beforeAll(async () => {
  world = await aUsersWorld();
  ada = await world.person();
  await world.users.caughtUp();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** How many rows there are, and which transaction wrote last: no write leaves both alone. */
const allRows = async (): Promise<string> => {
  const tables = ['account', 'address', 'session', 'refresh_token', 'session_stream', 'login_attempts', 'outbox', 'inbox', 'idempotency'];
  return JSON.stringify(
    await world.sql.rows(
      tables.map((table) => `SELECT '${table}' AS name, count(*), max(xmin::text::bigint) FROM ${table}`).join(' UNION ALL '),
    ),
  );
};

const mutations = {
  register: 'mutation ($input: RegisterInput!) { result: register(input: $input) { accessToken user { id } userErrors { code field } } }',
  addressSave: 'mutation ($input: AddressSaveInput!) { result: addressSave(input: $input) { user { id } userErrors { code field } } }',
  addressRemove: 'mutation ($id: ID!) { result: addressRemove(id: $id) { user { id } userErrors { code field } } }',
  sessionRefresh:
    'mutation ($refreshToken: String!) { result: sessionRefresh(refreshToken: $refreshToken) { accessToken user { id } userErrors { code field } } }',
} as const;

const fresh = { email: 'bad-input@example.com', password: 'seven green bottles' };
const home = { line1: 'Lindenstraße 12', city: 'Berlin', postalCode: '10969', country: 'DE' };
const long = 'x'.repeat(201);

const refusals: readonly (readonly [keyof typeof mutations, string, object, string, readonly string[] | null])[] = [
  ['register', 'an address that is none', { ...fresh, email: 'ada' }, 'INVALID', ['email']],
  ['register', 'an empty address', { ...fresh, email: '' }, 'INVALID', ['email']],
  ['register', 'an address of 255 characters', { ...fresh, email: `a@${'b'.repeat(249)}.com` }, 'INVALID', ['email']],
  ['register', 'NUL in the address', { ...fresh, email: 'a\u0000@example.com' }, 'INVALID', ['email']],
  ['register', 'half a character in the address', { ...fresh, email: 'a\ud800@example.com' }, 'INVALID', ['email']],
  ['register', 'a header in the address', { ...fresh, email: 'a@example.com\r\nbcc: b@example.com' }, 'INVALID', ['email']],
  ['register', 'a name of 101 characters', { ...fresh, displayName: 'x'.repeat(101) }, 'INVALID', ['displayName']],
  ['register', 'a name of two lines', { ...fresh, displayName: 'Ada\nBuyer' }, 'INVALID', ['displayName']],
  ['register', 'NUL in the name', { ...fresh, displayName: 'Ada\u0000' }, 'INVALID', ['displayName']],
  ['register', 'nine characters as a password', { ...fresh, password: 'a1b2c3d4e' }, 'WEAK_PASSWORD', ['password']],
  ['register', '129 characters as a password', { ...fresh, password: 'ab1'.repeat(43) }, 'WEAK_PASSWORD', ['password']],
  ['register', 'a megabyte as a password', { ...fresh, password: 'ab1'.repeat(350_000) }, 'WEAK_PASSWORD', ['password']],
  ['register', 'a password everybody tries', { ...fresh, password: 'Password123!' }, 'WEAK_PASSWORD', ['password']],
  ['addressSave', 'no street', { ...home, line1: '' }, 'INVALID', ['line1']],
  ['addressSave', 'a blank city', { ...home, city: '   ' }, 'INVALID', ['city']],
  ['addressSave', 'no postal code', { ...home, postalCode: '' }, 'INVALID', ['postalCode']],
  ['addressSave', 'a country in small letters', { ...home, country: 'de' }, 'INVALID', ['country']],
  ['addressSave', 'a country of three letters', { ...home, country: 'DEU' }, 'INVALID', ['country']],
  ['addressSave', 'a street of 201 characters', { ...home, line1: long }, 'INVALID', ['line1']],
  ['addressSave', 'a label of 201 characters', { ...home, label: long }, 'INVALID', ['label']],
  ['addressSave', 'NUL in the region', { ...home, region: 'a\u0000' }, 'INVALID', ['region']],
  ['addressSave', 'two lines in one', { ...home, line2: 'a\nb' }, 'INVALID', ['line2']],
  ['addressSave', 'a malformed id', { ...home, id: 'adr_1' }, 'INVALID', ['id']],
  ['addressSave', 'an empty id', { ...home, id: '' }, 'INVALID', ['id']],
  ['addressSave', 'an id of another kind', { ...home, id: newId('ord') }, 'INVALID', ['id']],
  ['addressSave', 'an id in capitals', { ...home, id: newId('adr').toUpperCase() }, 'INVALID', ['id']],
  ['addressSave', 'an id that is nobody’s', { ...home, id: newId('adr') }, 'NOT_FOUND', ['id']],
  ['addressRemove', 'a malformed id', { id: "adr_' OR 1=1 --" }, 'INVALID', ['id']],
  ['addressRemove', 'an id of another kind', { id: newId('usr') }, 'INVALID', ['id']],
  ['addressRemove', 'an id that is nobody’s', { id: newId('adr') }, 'NOT_FOUND', ['id']],
  ['sessionRefresh', 'an empty token', { refreshToken: '' }, 'SESSION_REVOKED', ['refreshToken']],
  ['sessionRefresh', 'a token nobody has', { refreshToken: 'AAAA' }, 'SESSION_REVOKED', ['refreshToken']],
  ['sessionRefresh', 'NUL as a token', { refreshToken: '\u0000' }, 'SESSION_REVOKED', ['refreshToken']],
];

test.each(refusals)('%s refuses %s and writes nothing', async (mutation, _, input, code, field) => {
  const before = await allRows();

  const takesInput = mutation === 'register' || mutation === 'addressSave';
  const answer = await world.ask(mutations[mutation], takesInput ? { input } : { ...input }, ada.caller);

  expect(payloadOf(answer, 'result')).toMatchObject({ user: null, userErrors: [{ code, field }] });
  expect(answer.errors).toEqual([]);
  expect(await allRows()).toBe(before);
});

test('register refuses an address that is taken and writes nothing', async () => {
  const before = await allRows();

  const answer = await world.ask(mutations.register, { input: { ...fresh, email: ada.email.toUpperCase() } });

  expect(payloadOf(answer, 'result')).toEqual({ accessToken: null, user: null, userErrors: [{ code: 'EMAIL_TAKEN', field: ['email'] }] });
  expect(await allRows()).toBe(before);
});

/** What the schema itself refuses, before any resolver. */
const invalid: readonly (readonly [string, string, object])[] = [
  ['register without a password', mutations.register, { input: { email: 'a@example.com' } }],
  ['register with a role', mutations.register, { input: { ...fresh, role: 'ADMIN' } }],
  ['register with scopes', mutations.register, { input: { ...fresh, scopes: ['users:read:any'] } }],
  ['register with a number as its address', mutations.register, { input: { ...fresh, email: 1 } }],
  ['register with a list as its password', mutations.register, { input: { ...fresh, password: ['a'] } }],
  ['an address of somebody else', mutations.addressSave, { input: { ...home, userId: newId('usr') } }],
  ['an address without a country', mutations.addressSave, { input: { ...home, country: null } }],
  ['an address that is a default by text', mutations.addressSave, { input: { ...home, isDefault: 'yes' } }],
  ['a token that is null', mutations.sessionRefresh, { refreshToken: null }],
];

test.each(invalid)('A20 %s is refused by the schema and writes nothing', async (_, query, variables) => {
  const before = await allRows();

  const answer = await world.ask(query, { ...variables }, ada.caller);

  expect(answer).toMatchObject({ status: 400, data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(JSON.stringify(answer)).not.toMatch(/did you mean|at .*\.ts/i);
  expect(await allRows()).toBe(before);
});
