import { afterAll, expect, test } from 'vitest';
import { aWorld, leak, seen } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

test('one query joins three subgraphs, with aliases, fragments, conditions and defaulted variables', async () => {
  await using world = await aWorld();

  const reply = await world.ask(
    `query Shelf($n: Int = 3, $withStars: Boolean = true, $skipBody: Boolean = true) {
      shelf: books(first: $n) { __typename id title ...Detail author { name born } }
    }
    fragment Detail on Book { stars @include(if: $withStars) blurb reviews { stars body @skip(if: $skipBody) writer { name } } }`,
  );

  expect(reply.status).toBe(200);
  expect(reply.body.errors).toBeUndefined();
  expect(reply.body.data).toMatchObject({
    shelf: [
      {
        __typename: 'Book',
        id: 'b1',
        title: 'Tides',
        stars: 3.5,
        blurb: 'read Tides',
        author: { name: 'Iris', born: 1961 },
        reviews: [{ stars: 5, writer: { name: 'Noor' } }, { stars: 2 }],
      },
      { id: 'b2', author: { name: 'Noor', born: null }, reviews: [] },
      { id: 'b3', blurb: 'read Ways "of" seeing ✓' },
    ],
  });
  expect(reply.text).not.toContain('"body"');
});

test('a condition that arrives as a variable overrides its default', async () => {
  await using world = await aWorld();

  const reply = await world.ask('query ($with: Boolean = true) { book(id: "b1") { id stars @include(if: $with) } }', {
    variables: { with: false },
  });

  expect(reply.body.data).toEqual({ book: { id: 'b1' } });
  expect(world.doubles.reviews.calls).toHaveLength(0);
});

test('a dead subgraph costs its fields, never those of others', async () => {
  await using world = await aWorld();
  world.doubles.reviews.behave(() => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:4003')));

  const reply = await world.ask('{ books { id title reviews { id } author { name } } }');

  expect(reply.status).toBe(200);
  expect(reply.body.data).toEqual({
    books: [
      { id: 'b1', title: 'Tides', reviews: null, author: { name: 'Iris' } },
      { id: 'b2', title: 'Amber', reviews: null, author: { name: 'Noor' } },
    ],
  });
  expect(reply.body.errors?.map(({ path }) => path)).toEqual([
    ['books', 0],
    ['books', 1],
  ]);
});

test('an unreachable subgraph is SUBGRAPH_UNAVAILABLE at each root field it owes', async () => {
  await using world = await aWorld();
  world.doubles.people.behave(() => Promise.resolve({ status: 503, body: 'upstream connect error at 10.0.0.7' }));

  const reply = await world.ask('{ a: author(id: "a1") { name } b: author(id: "a2") { name } books { id } }');

  expect(reply.body.data).toEqual({ a: null, b: null, books: [{ id: 'b1' }, { id: 'b2' }] });
  expect(reply.body.errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
    [['a'], 'SUBGRAPH_UNAVAILABLE'],
    [['b'], 'SUBGRAPH_UNAVAILABLE'],
  ]);
});

test('errors of a subgraph keep code and path, and lose everything else', async () => {
  await using world = await aWorld();
  world.doubles.reviews.behave(() =>
    Promise.resolve({
      status: 200,
      body: {
        data: { _entities: [{ reviews: null }, { reviews: null }] },
        errors: [
          {
            message: 'No such shelf.',
            path: ['_entities', 1, 'reviews'],
            extensions: { code: 'NOT_FOUND', argument: 'id', stacktrace: ['at x'] },
          },
          {
            message: 'SELECT * FROM review failed at 127.0.0.1',
            path: ['_entities', 0, 'reviews'],
            extensions: { code: 'P2002', exception: 'secret' },
          },
        ],
      },
    }),
  );

  const reply = await world.ask('{ books { id reviews { id } } }');

  const traceId: unknown = expect.any(String);
  expect(reply.body.errors).toEqual([
    {
      message: 'No such shelf.',
      path: ['books', 1, 'reviews'],
      extensions: { code: 'NOT_FOUND', argument: 'id', traceId },
    },
    { message: 'Something went wrong.', path: ['books', 0, 'reviews'], extensions: { code: 'INTERNAL', traceId } },
  ]);
});

test('mutations run in the order they were written, one after the other', async () => {
  await using world = await aWorld();
  const order: string[] = [];
  for (const double of [world.doubles.books, world.doubles.people]) {
    const { execute } = double;
    double.behave(async (request) => {
      order.push(`${double.name} begins`);
      double.behave(null);
      const answer = await execute(request);
      order.push(`${double.name} ends`);
      return answer;
    });
  }

  const reply = await world.ask('mutation { addBook(title: "x") { id author { name } } renameAuthor(id: "a1", name: "Ida") { name } }');

  expect(reply.body.data).toEqual({ addBook: { id: 'new-x', author: { name: 'Iris' } }, renameAuthor: { name: 'Ida' } });
  expect(order.indexOf('books ends')).toBeLessThan(order.lastIndexOf('people begins'));
});

test('names that JavaScript objects are made of are just names', async () => {
  await using world = await aWorld();
  world.doubles.books.behave(() =>
    Promise.resolve({
      status: 200,
      body: JSON.parse('{"data":{"constructor":{"id":"b1","__proto__":{"polluted":true},"prototype":"t"}}}') as unknown,
    }),
  );

  const reply = await world.ask('query ($constructor: ID!) { constructor: book(id: $constructor) { id prototype: title } }', {
    variables: { constructor: 'b1' },
  });

  expect(reply.body.data).toEqual({ constructor: { id: 'b1', prototype: 't' } });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('trace context travels to subgraphs and the trace id comes back with errors', async () => {
  await using world = await aWorld();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  const reply = await world.ask('{ books { id } nope }', { headers: { traceparent } });
  await world.ask('{ books { id } }', { headers: { traceparent } });

  expect(reply.body.errors?.[0]?.extensions['traceId']).toMatch(/^[0-9a-f]{32}$/);
  expect(world.doubles.books.calls[0]?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
});
