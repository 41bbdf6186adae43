import { afterAll, expect, test } from 'vitest';
import { aWorld, leak, seen, type Reply, type World } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** `{ books { related { related … { id } } } }`, the root field being level 1 and `id` the deepest. */
const deep = (levels: number): string => `{ books ${'{ related '.repeat(levels - 2)}{ id }${' }'.repeat(levels - 2)} }`;

const tooDeepIntrospection = `{ __schema { types { fields { type ${'{ ofType '.repeat(20)}{ name }${' }'.repeat(20)} } } } }`;

const table: readonly [title: string, query: string, code: string][] = [
  ['A2 101 aliases of one field', `{ ${times(101, (n) => `a${String(n)}: books { id }`)} }`, 'LIMIT_EXCEEDED'],
  ['A2 16 aliases', `{ books { ${times(16, (n) => `a${String(n)}: id`)} } }`, 'LIMIT_EXCEEDED'],
  ['A2 aliases of __typename', `{ books { ${times(16, (n) => `a${String(n)}: __typename`)} } }`, 'LIMIT_EXCEEDED'],
  [
    'A2 aliases multiplied by a fragment',
    `{ ${times(4, (n) => `books { related { ...F${n === 0 ? '' : ''} } }`)} books { related { related { ...F } } } } fragment F on Book { ${times(8, (n) => `a${String(n)}: id`)} }`,
    'LIMIT_EXCEEDED',
  ],
  ['A2 500 repeats of one field', `{ books { ${'id '.repeat(500)} } }`, 'LIMIT_EXCEEDED'],
  ['A2 51 repeats by way of fragments', `{ books { ${'...F '.repeat(17)} } } fragment F on Book { id id id }`, 'LIMIT_EXCEEDED'],
  ['A2 60 directives on one field', `{ books { id ${'@include(if: true) '.repeat(60)} } }`, 'LIMIT_EXCEEDED'],
  ['A2 21 directives over the document', `{ books { ${'id @include(if: true) '.repeat(21)} } }`, 'LIMIT_EXCEEDED'],
  ['A2 40 root fields', `{ ${'__typename '.repeat(40)} }`, 'LIMIT_EXCEEDED'],
  ['A3 13 levels', deep(13), 'LIMIT_EXCEEDED'],
  ['A3 20 levels', deep(20), 'LIMIT_EXCEEDED'],
  [
    'A3 20 levels through fragments',
    `{ books { ...A } } fragment A on Book { related { related { related { related { related { ...B } } } } } } fragment B on Book { related { related { related { related { related { related { id } } } } } } }`,
    'LIMIT_EXCEEDED',
  ],
  ['A3 introspection deeper than its own limit', tooDeepIntrospection, 'LIMIT_EXCEEDED'],
  [
    'A3 a fragment cycle through fields',
    '{ books { ...A } } fragment A on Book { related { ...B } } fragment B on Book { related { ...A } }',
    'LIMIT_EXCEEDED',
  ],
  ['A3 a fragment that spreads itself', '{ books { ...A } } fragment A on Book { id ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'A3 a fragment bomb',
    `{ books { ...F0 } } ${times(24, (n) => `fragment F${String(n)} on Book { ...F${String(n + 1)} ...F${String(n + 1)} }`)} fragment F24 on Book { id }`,
    'LIMIT_EXCEEDED',
  ],
  ['A2 1,001 tokens', `{ books { ${'... { id } '.repeat(250)} } }`, 'GRAPHQL_PARSE_FAILED'],
  ['A5 __proto__ as an alias', '{ __proto__: books { id } }', 'LIMIT_EXCEEDED'],
  ['A5 __proto__ as a variable', 'query ($__proto__: ID!) { book(id: $__proto__) { id } }', 'LIMIT_EXCEEDED'],
];

test.each(table)('%s is refused with 400 before anything is fetched', async (_, query, code) => {
  await using world = await aWorld();
  await world.ask('{ __typename }');

  const startedAt = performance.now();
  const reply = await world.ask(query);

  expect([reply.status, reply.body.errors?.[0]?.extensions['code']]).toEqual([400, code]);
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(world.fetches()).toBe(0);
});

test('what stays within every limit is answered', async () => {
  await using world = await aWorld();
  const token = await world.tokenFor([]);

  const replies = await Promise.all([
    world.ask(deep(12), { token }),
    world.ask(`{ books { ${times(15, (n) => `a${String(n)}: id`)} } }`, { token }),
    world.ask(`{ ${'__typename '.repeat(20)} }`, { token }),
    world.ask(`{ books { ${'id '.repeat(50)} } }`, { token }),
    world.ask(
      '{ __schema { types { fields { args { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } }',
      { token },
    ),
  ]);

  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});

test('A1 an array of operations is refused with 400', async () => {
  await using world = await aWorld();

  const reply = await world.post(JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ books { id } }' }))));

  expect([reply.status, reply.body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
  expect(world.fetches()).toBe(0);
});

test('A4 a page beyond what the subgraph allows is the subgraph to refuse, and its code passes', async () => {
  await using world = await aWorld();
  world.doubles.books.behave(() =>
    Promise.resolve({
      status: 200,
      body: { data: null, errors: [{ message: 'first is at most 100', extensions: { code: 'BAD_USER_INPUT' } }] },
    }),
  );

  const reply = await world.ask('{ books(first: 999999) { id } }');

  expect(reply.body.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
});

test('A6 a subgraph that never answers costs its fields at the deadline, and is let go', async () => {
  await using world = await aWorld({ config: { requestDeadlineMs: 150 } });
  world.doubles.reviews.behave(() => new Promise(() => undefined));

  const startedAt = performance.now();
  const reply = await world.ask('{ books(first: 1) { title stars } }');

  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(reply.body.data).toEqual({ books: [{ title: 'Tides', stars: null }] });
  expect(reply.body.errors?.[0]).toMatchObject({ path: ['books', 0], extensions: { code: 'TIMEOUT' } });
});

const csrf: readonly [string, RequestInit, string?][] = [
  ['text/plain', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ books { id } }"}' }],
  ['no content type', { method: 'POST', body: new Uint8Array(Buffer.from('{"query":"{ books { id } }"}')) }],
  ['url-encoded', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={ books { id } }' }],
  ['multipart', { method: 'POST', body: form() }],
  ['GET without a preflight header', { method: 'GET' }, '?query={books{id}}'],
  [
    'a preflight of another origin',
    { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } },
  ],
];

function form(): FormData {
  const data = new FormData();
  data.set('operations', '{"query":"{ books { id } }"}');
  return data;
}

test.each(csrf)('A7 a request that any page could send is refused: %s', async (_, init, search = '') => {
  await using world = await aWorld();

  const response = await fetch(`${world.url}/graphql${search}`, init);
  const text = await response.text();

  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(text).not.toMatch(leak);
  expect(world.fetches()).toBe(0);
});

test('A7 an answer to another origin carries no permission to read it', async () => {
  await using world = await aWorld();

  const reply = await world.ask('{ books { id } }', { headers: { origin: 'https://evil.example' } });

  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
});

const production = { production: true } as const;

test.each([
  '{ __schema { types { name } } }',
  '{ books { id } __type(name: "Book") { name } }',
  '{ ...F } fragment F on Query { x: __schema { queryType { name } } }',
])('A8 production tells nobody its schema: %s', async (query) => {
  await using world = await aWorld({ config: production });

  const anonymous = await world.ask(query);
  const signedIn = await world.ask(query, { token: await world.tokenFor(['library:owner']) });
  const allowed = await world.ask(query, { token: await world.tokenFor(['schema:introspect']) });

  for (const reply of [anonymous, signedIn])
    expect([reply.status, reply.body.errors?.[0]?.extensions['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  expect(allowed.status).toBe(200);
  expect(world.fetches()).toBe(/books/.test(query) ? 1 : 0);
});

test('A8 a wrong name gets no suggestion, neither in the document nor in variables', async () => {
  await using world = await aWorld({ config: production });

  const field = await world.ask('{ book(id: "b1") { titel } }');
  const argument = await world.ask('{ book(idd: "b1") { id } }');
  const input = await world.ask('mutation ($input: LendInput!) { lend(input: $input) { id } }', {
    variables: { input: { bookIdd: 'b1' } },
  });

  for (const { status, text } of [field, argument, input]) {
    expect(status).toBe(400);
    expect(text).not.toMatch(/did you mean/i);
  }
});

test('A8 production serves no page at /graphql and traces nothing on request', async () => {
  await using world = await aWorld({ config: production });

  const page = await fetch(`${world.url}/graphql`, { headers: { accept: 'text/html' } });
  const traced = await world.ask('{ books { id } }', {
    headers: { 'apollo-federation-include-trace': 'ftv1', 'apollo-query-plan-experimental': '1' },
  });

  expect(page.headers.get('content-type')).not.toMatch(/html/);
  expect(page.status).toBe(400);
  expect(traced.body.extensions).toBeUndefined();
  expect(world.doubles.books.calls[0]?.headers).not.toHaveProperty('apollo-federation-include-trace');
});

const faults: readonly [string, (world: World) => void][] = [
  [
    'an exception with a stack',
    (world) => world.doubles.books.behave(() => Promise.reject(new Error('boom at /srv/app/node_modules/pg/index.js:1:1'))),
  ],
  [
    'a database error',
    (world) =>
      world.doubles.books.behave(() => Promise.resolve({ status: 500, body: { errors: [{ message: 'SELECT secret FROM t: P2024' }] } })),
  ],
  [
    'a page instead of JSON',
    (world) => world.doubles.books.behave(() => Promise.resolve({ status: 200, body: '<html>nginx 127.0.0.1</html>' })),
  ],
  ['nothing', (world) => world.doubles.books.behave(() => Promise.resolve({ status: 200, body: null }))],
  ['a body that is no answer', (world) => world.doubles.books.behave(() => Promise.resolve({ status: 200, body: { hello: 1 } }))],
  [
    'data of another shape',
    (world) => world.doubles.books.behave(() => Promise.resolve({ status: 200, body: { data: { books: { id: 1 } } } })),
  ],
  [
    'errors of another shape',
    (world) => world.doubles.books.behave(() => Promise.resolve({ status: 200, body: { data: null, errors: [null, 'x', { path: 7 }] } })),
  ],
  [
    'a validation error',
    (world) =>
      world.doubles.books.behave(() =>
        Promise.resolve({
          status: 400,
          body: { errors: [{ message: 'Cannot query field "x" on type "Y"', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
        }),
      ),
  ],
];

test.each(faults)('A9 a subgraph that answers with %s reveals nothing', async (_, break_) => {
  await using world = await aWorld({ config: production });
  break_(world);

  const reply = await world.ask('{ books { id } }');

  expect([200, 500]).toContain(reply.status);
  expect(reply.body.errors?.length).toBeGreaterThan(0);
  for (const { extensions } of reply.body.errors ?? []) {
    expect(['INTERNAL', 'SUBGRAPH_UNAVAILABLE']).toContain(extensions['code']);
    expect(Object.keys(extensions).sort()).toEqual(['code', 'traceId']);
  }
  expect(reply.text).not.toMatch(leak);
  expect(reply.text).not.toMatch(/boom|secret|Cannot query|P2024|nginx/);
});

const buckets = [
  { name: 'sign-in', fields: ['Mutation.signIn'], per: 'address', points: 3, seconds: 60 },
  { name: 'lend', fields: ['Mutation.lend'], per: 'caller', points: 2, seconds: 60, distinct: 'input.key' },
] as const;
const rationed = { rateLimits: { buckets: buckets.map((bucket) => ({ ...bucket, fields: [...bucket.fields] })) } };

const lend = 'mutation ($input: LendInput!) { lend(input: $input) { id } }';
const lending = (world: World, token: string, key: string): Promise<Reply> =>
  world.ask(lend, { token, variables: { input: { bookId: 'b1', key } } });

test('A18 attempts count, not requests: 50 aliases of a limited field are 50 attempts', async () => {
  await using world = await aWorld({ config: rationed });

  const many = await world.ask(`mutation { ${times(4, (n) => `a${String(n)}: signIn(name: "x")`)} }`);

  expect(many.status).toBe(429);
  expect(many.body.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  expect(many.body.errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);
  expect(Number(many.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(many.body).not.toHaveProperty('data');
  expect(world.fetches()).toBe(0);
});

test('A18 a forged X-Forwarded-For does not buy another bucket, a trusted proxy does', async () => {
  await using direct = await aWorld({ config: rationed });
  await using proxied = await aWorld({ config: { ...rationed, trustedProxies: 1 } });
  const attempts = (world: World, address: (n: number) => string): Promise<readonly Reply[]> =>
    Promise.all([0, 1, 2, 3].map((n) => world.ask('mutation { signIn(name: "x") }', { headers: { 'x-forwarded-for': address(n) } })));

  const forged = await attempts(direct, (n) => `203.0.113.${String(n)}`);
  const spoofed = await attempts(proxied, (n) => `203.0.113.${String(n)}, 198.51.100.7`);
  const honest = await attempts(proxied, (n) => `203.0.113.${String(n)}`);

  expect(forged.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429]);
  expect(spoofed.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429]);
  expect(honest.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a repeat of a known key is free, a new one is not, and callers do not share', async () => {
  await using world = await aWorld({ config: rationed });
  const token = await world.tokenFor([]);

  const clicks = await Promise.all(Array.from({ length: 20 }, () => lending(world, token, 'one')));
  const second = await lending(world, token, 'two');
  const third = await lending(world, token, 'three');
  const again = await lending(world, token, 'three');
  const known = await lending(world, token, 'one');
  const somebodyElse = await world.ask(lend, { variables: { input: { bookId: 'b1', key: 'three' } } });

  expect(new Set(clicks.map(({ status }) => status))).toEqual(new Set([200]));
  expect([second, third, again, known, somebodyElse].map(({ status }) => status)).toEqual([200, 429, 429, 200, 200]);
});

test('a field that @skip leaves out is no attempt', async () => {
  await using world = await aWorld({ config: rationed });

  const replies = [];
  for (let n = 0; n < 6; n += 1)
    replies.push(await world.ask('mutation ($no: Boolean!) { signIn(name: "x") @skip(if: $no) __typename }', { variables: { no: true } }));

  expect(replies.every(({ status }) => status === 200)).toBe(true);
});

test('the load profile widens the buckets', async () => {
  await using world = await aWorld({ config: { ...rationed, limits: 'load' } });

  const replies = await Promise.all(Array.from({ length: 10 }, () => world.ask('mutation { signIn(name: "x") }')));

  expect(replies.every(({ status }) => status === 200)).toBe(true);
});

test('a bucket on a field that does not exist stops the start', async () => {
  const wrong = { rateLimits: { buckets: [{ name: 'x', fields: ['Mutation.sing'], per: 'address' as const, points: 1, seconds: 1 }] } };

  await expect(aWorld({ config: wrong })).rejects.toThrow('rate limits: bucket x names Mutation.sing, which the supergraph does not have');
});
