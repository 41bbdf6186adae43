import { afterAll, expect, test } from 'vitest';
import { aWorld, leak, seen } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

const anybody: readonly string[] | null = null;
const signedIn: readonly string[] = [];
const picks = ['library:staff', 'library:picks'];
const owner = ['library:owner'];

type Verdict = 200 | 401 | 403;

const table: readonly {
  readonly way: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly verdicts: readonly (readonly [readonly string[] | null, Verdict])[];
}[] = [
  { way: 'an open field', query: '{ books { id title } }', verdicts: [[anybody, 200]] },
  {
    way: 'a field',
    query: '{ books { id note } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a field under an alias',
    query: '{ books { id x: note } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a field in another subgraph',
    query: '{ books { author { email } } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a field beside introspection',
    query: '{ __typename __schema { queryType { name } } books { note } }',
    verdicts: [[anybody, 401]],
  },
  {
    way: 'a field in a named fragment',
    query: '{ books { ...F } } fragment F on Book { ...G } fragment G on Book { note }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  { way: 'a field in an inline fragment without a type', query: '{ books { ... { note } } }', verdicts: [[anybody, 401]] },
  {
    way: 'a field of an interface that one implementation guards',
    query: '{ readable(id: "m1") { note } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'the same field narrowed to the open implementation',
    query: '{ readable(id: "m1") { ... on Magazine { note } } }',
    verdicts: [[anybody, 200]],
  },
  {
    way: 'the same field through the interface inside that narrowing',
    query: '{ readable(id: "m1") { ... on Magazine { ... on Readable { title } } } }',
    verdicts: [[anybody, 200]],
  },
  {
    way: 'the same field narrowed to the guarded one',
    query: '{ search { ... on Book { note } } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a field that returns a guarded type',
    query: '{ vault { __typename } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a fragment on a guarded type',
    query: '{ cupboard { ... on Vault { __typename } } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'a union of which only the open member is asked',
    query: '{ cupboard { __typename ... on Magazine { id } } }',
    verdicts: [[anybody, 200]],
  },
  {
    way: 'an interface of which one type is guarded',
    query: '{ keeper { name } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
  {
    way: 'scopes that a type demands',
    query: '{ keeper { ... on Guard { keys { teeth } } } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 403],
      [owner, 200],
    ],
  },
  {
    way: 'scopes that a field demands, all of one alternative',
    query: '{ staffPicks { id } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 403],
      [['library:staff'], 403],
      [picks, 200],
      [owner, 200],
    ],
  },
  { way: 'a root field under @skip(if: true)', query: '{ books { id } staffPicks @skip(if: true) { id } }', verdicts: [[anybody, 200]] },
  {
    way: 'a field under @include by a variable that is false by default',
    query: 'query ($all: Boolean = false) { books { id note @include(if: $all) } }',
    verdicts: [[anybody, 200]],
  },
  {
    way: 'the same, true by default',
    query: 'query ($all: Boolean = true) { books { id note @include(if: $all) } }',
    verdicts: [[anybody, 401]],
  },
  {
    way: 'the same, true by its value',
    query: 'query ($all: Boolean = false) { books { id note @include(if: $all) } }',
    variables: { all: true },
    verdicts: [[anybody, 401]],
  },
  {
    way: 'a condition on the fragment around',
    query: 'query ($no: Boolean!) { books { id ... on Book @skip(if: $no) { note } } }',
    variables: { no: true },
    verdicts: [[anybody, 200]],
  },
  {
    way: 'one of two ways open',
    query: 'query ($no: Boolean!) { a: books { ...F @skip(if: $no) } b: books { ...F @include(if: $no) } } fragment F on Book { note }',
    variables: { no: true },
    verdicts: [[anybody, 401]],
  },
  {
    way: 'a mutation beside a guarded read',
    query: 'mutation { addBook(title: "x") { note } }',
    verdicts: [
      [anybody, 401],
      [signedIn, 200],
    ],
  },
];

test.each(table)('$way is asked only by those who may, and a refusal fetches nothing', async ({ query, variables, verdicts }) => {
  await using world = await aWorld();

  for (const [scopes, verdict] of verdicts) {
    const before = world.fetches();
    const options = variables === undefined ? {} : { variables };
    const reply = await world.ask(query, scopes === null ? options : { ...options, token: await world.tokenFor(scopes) });

    expect([scopes, reply.status, reply.body.errors?.[0]?.message]).toEqual([
      scopes,
      verdict,
      verdict === 200 ? undefined : verdict === 401 ? 'Sign in first.' : 'Not allowed.',
    ]);
    if (verdict === 200) continue;
    expect(world.fetches()).toBe(before);
    expect(reply.body).not.toHaveProperty('data');
    expect(reply.body.errors?.[0]?.extensions['code']).toBe(verdict === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN');
    expect(reply.headers.get('www-authenticate')).toBe(verdict === 401 ? 'Bearer' : null);
  }
});

test('keys that the planner adds demand nothing of the caller', async () => {
  await using world = await aWorld();

  const reply = await world.ask('{ books { author { name favourite { stars } } } }');

  expect(reply.body.errors).toBeUndefined();
  expect(reply.status).toBe(200);
});

test('the verdict for one caller is not the verdict for the next', async () => {
  await using world = await aWorld();
  const token = await world.tokenFor([]);

  const statuses = [];
  for (const options of [{}, { token }, {}, { token }]) statuses.push((await world.ask('{ books { note } }', options)).status);

  expect(statuses).toEqual([401, 200, 401, 200]);
});
