import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { aWorld, leak, seen, toReply, type Reply, type World } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const preflight = { 'apollo-require-preflight': '1', 'content-type': 'application/json' };
const get = async (world: World, search: string, init: RequestInit = {}): Promise<Reply> =>
  await toReply(await fetch(`${world.url}/graphql${search}`, { headers: preflight, ...init }));

const table: readonly [title: string, send: (world: World) => Promise<Reply>, status: number, code: string][] = [
  ['a body that is not JSON', (world) => world.post('{"query":'), 400, 'BAD_REQUEST'],
  ['an empty body', (world) => world.post(''), 400, 'BAD_REQUEST'],
  ['a JSON string as body', (world) => world.post('"{ books { id } }"'), 400, 'BAD_REQUEST'],
  ['null as body', (world) => world.post('null'), 400, 'BAD_REQUEST'],
  ['an object without query', (world) => world.post('{"variables":{}}'), 400, 'BAD_REQUEST'],
  ['a query that is a number', (world) => world.post('{"query":7}'), 400, 'BAD_REQUEST'],
  ['an empty query', (world) => world.post('{"query":""}'), 400, 'BAD_REQUEST'],
  ['variables that are a string', (world) => world.post('{"query":"{ books { id } }","variables":"{}"}'), 400, 'BAD_REQUEST'],
  ['variables that are an array', (world) => world.post('{"query":"{ books { id } }","variables":[]}'), 400, 'BAD_REQUEST'],
  ['extensions that are a string', (world) => world.post('{"query":"{ books { id } }","extensions":"x"}'), 400, 'BAD_REQUEST'],
  ['an operationName that is a number', (world) => world.post('{"query":"{ books { id } }","operationName":7}'), 400, 'BAD_REQUEST'],
  ['an operationName nobody has', (world) => world.ask('query A { books { id } }', { operationName: 'B' }), 400, 'BAD_REQUEST'],
  ['two operations and no name', (world) => world.ask('query A { books { id } } query B { books { id } }'), 400, 'BAD_REQUEST'],
  ['a document without an operation', (world) => world.ask('fragment F on Book { id }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a syntax error', (world) => world.ask('{ books { id }'), 400, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', (world) => world.ask('{ books { nope } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a hidden field', (world) => world.ask('{ books { shelfMark } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['the entities field', (world) => world.ask('{ _entities(representations: []) { __typename } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['the service field', (world) => world.ask('{ _service { sdl } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a missing required variable', (world) => world.ask('query ($id: ID!) { book(id: $id) { id } }'), 400, 'BAD_USER_INPUT'],
  [
    'null for a required variable',
    (world) => world.ask('query ($id: ID!) { book(id: $id) { id } }', { variables: { id: null } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a string for an Int',
    (world) => world.ask('query ($n: Int) { books(first: $n) { id } }', { variables: { n: 'two' } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a number beyond Int',
    (world) => world.ask('query ($n: Int) { books(first: $n) { id } }', { variables: { n: 3e9 } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'an unknown input field',
    (world) => world.ask('mutation ($i: LendInput!) { lend(input: $i) { id } }', { variables: { i: { bookId: 'b1', key: 'k', x: 1 } } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a list for an input object',
    (world) => world.ask('mutation ($i: LendInput!) { lend(input: $i) { id } }', { variables: { i: [] } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a subscription whose root field depends on a variable',
    (world) => world.ask('subscription ($x: Boolean!) { books @include(if: $x) { id } }', { variables: { x: true } }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a subscription', (world) => world.ask('subscription { books { id } }'), 400, 'BAD_REQUEST'],
  [
    'A5 a body of 1 MB',
    (world) => world.post(JSON.stringify({ query: `{ books { id } } # ${'x'.repeat(1_000_000)}` })),
    413,
    'LIMIT_EXCEEDED',
  ],
  [
    'A5 a body just over the limit',
    (world) => world.post(JSON.stringify({ query: `{ books { id } } # ${'x'.repeat(256 * 1024)}` })),
    413,
    'LIMIT_EXCEEDED',
  ],
  [
    'A5 variables 10,000 deep',
    (world) => world.post(`{"query":"{ books { id } }","variables":{"a":${nested(10_000)}}}`),
    400,
    'LIMIT_EXCEEDED',
  ],
  ['A5 variables 33 deep', (world) => world.post(`{"query":"{ books { id } }","variables":{"a":${nested(32)}}}`), 400, 'LIMIT_EXCEEDED'],
  [
    'A5 extensions 10,000 deep',
    (world) => world.post(`{"query":"{ books { id } }","extensions":{"a":${nested(10_000)}}}`),
    400,
    'LIMIT_EXCEEDED',
  ],
  ['A5 variables deep in a GET', (world) => get(world, `?query={books{id}}&variables={"a":${nested(40)}}`), 400, 'LIMIT_EXCEEDED'],
  [
    'A5 __proto__ in variables',
    (world) => world.post('{"query":"{ books { id } }","variables":{"__proto__":{"polluted":true}}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    'A5 __proto__ in an input',
    (world) => world.post('{"query":"{ books { id } }","variables":{"i":{"__proto__":{"polluted":true}}}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    'A5 constructor.prototype in variables',
    (world) => world.post('{"query":"{ books { id } }","variables":{"constructor":{"prototype":{"polluted":true}}}}'),
    400,
    'BAD_REQUEST',
  ],
  ['A7 a mutation by GET', (world) => get(world, '?query=mutation{signIn(name:"x")}'), 405, 'BAD_REQUEST'],
  ['a GET without a query', (world) => get(world, ''), 400, 'BAD_REQUEST'],
  ['a GET with variables that are not JSON', (world) => get(world, '?query={books{id}}&variables=x'), 400, 'BAD_REQUEST'],
  ['a GET with two queries', (world) => get(world, '?query={books{id}}&query={books{id}}'), 400, 'BAD_REQUEST'],
  ['a PUT', (world) => get(world, '', { method: 'PUT', body: '{}' }), 405, 'BAD_REQUEST'],
  ['an accept header nobody can serve', (world) => world.post('{"query":"{ books { id } }"}', { accept: 'image/png' }), 406, 'BAD_REQUEST'],
  [
    'a persisted query nobody registered',
    (world) => world.post('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'),
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'a persisted query of another hash',
    (world) => world.post('{"query":"{ books { id } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'),
    400,
    'BAD_REQUEST',
  ],
  ['another path', async (world) => toReply(await fetch(`${world.url}/graphql/x`)), 404, 'NOT_FOUND'],
  ['a path out of the folder', async (world) => toReply(await fetch(`${world.url}/explorer/..%2f..%2fpackage.json`)), 404, 'NOT_FOUND'],
];

test.each(table)('%s is answered with a code of the list, and nothing is fetched', async (_, send, status, code) => {
  await using world = await aWorld({ config: { explorer: true } });

  const reply = await send(world);

  expect([reply.status, reply.body.errors?.[0]?.extensions['code']]).toEqual([status, code]);
  expect(reply.body).not.toHaveProperty('data');
  expect(reply.headers.get('cache-control')).toMatch(/no-store|no-cache/);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(world.fetches()).toBe(0);
});

test('a literal of a custom scalar that the subgraph refuses is the caller’s mistake', async () => {
  await using world = await aWorld();
  world.doubles.people.behave(() =>
    Promise.resolve({
      status: 400,
      body: {
        errors: [{ message: 'Expected value of type "Day!", found "x"; not a day', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      },
    }),
  );

  const reply = await world.ask('{ bornOn(day: "x") { id } }');

  expect(reply.body.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
});

test('A5 the event loop keeps turning while 1 MB is thrown at the door', async () => {
  await using world = await aWorld();
  const body = JSON.stringify({ query: `{ ${'a '.repeat(120_000)} }` });

  const refused = Promise.all(Array.from({ length: 20 }, () => world.post(body)));
  const startedAt = performance.now();
  const alive = await fetch(`${world.url}/health/live`);

  expect(alive.status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect((await refused).every(({ status }) => status >= 400 && status < 500)).toBe(true);
});

test('bytes that are no HTTP close the connection without a word about us', async () => {
  await using world = await aWorld();
  const { port } = new URL(world.url);

  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0000\u0001garbage\r\n\r\n'));
    let text = '';
    socket
      .on('data', (chunk) => (text += chunk.toString()))
      .on('close', () => resolve(text))
      .on('error', reject);
  });

  expect(answer).not.toMatch(leak);
  expect(answer).not.toMatch(/fastify|node/i);
});
