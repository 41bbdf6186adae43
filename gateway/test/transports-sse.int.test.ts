import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { ask, eventStream, type OpenAnswer, type StreamAsk } from './event-source.ts';
import { flood, refused } from './transports-engine.ts';
import { aTransportsWorld, type TransportsWorld } from './transports-world.ts';

const asAda = { ...eventStream, authorization: 'Bearer ada' };

async function open(world: TransportsWorld, options: StreamAsk = {}): Promise<OpenAnswer> {
  const before = world.engine.streams.length;
  const answer = await ask(world.url, options);
  await eventually(() => world.engine.streams.length === before + 1);
  return answer;
}

const errorOf = async (answer: OpenAnswer): Promise<Record<string, unknown>> => {
  const { errors } = JSON.parse(await answer.rest()) as { errors: [{ message: string; extensions: Record<string, unknown> }] };
  return errors[0].extensions;
};

test('results are events whose id is their sequence', async () => {
  await using world = await aTransportsWorld();
  using answer = await open(world);

  world.engine.streams[0]?.push('{"data":{"a":"☕"}}', 7);
  world.engine.streams[0]?.push('{"data":\r\n {"a":"b"}\n}');
  const events = await answer.heard(2);

  expect(answer.response.statusCode).toBe(200);
  expect(answer.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  expect(answer.response.headers).not.toHaveProperty('access-control-allow-origin');
  expect(events[0]).toEqual({ event: 'next', id: '7', data: '{"data":{"a":"☕"}}' });
  expect(JSON.parse(events[1]?.data ?? '')).toEqual({ data: { a: 'b' } });
});

test('a client sees that its stream is open before anything happens, and then heartbeats', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 40 } });
  using answer = await open(world);

  await eventually(() => answer.comments >= 3);

  expect(answer.events).toEqual([]);
});

test('what is asked, by whom and after which sequence reaches the engine', async () => {
  await using world = await aTransportsWorld();
  using _ = await open(world, {
    headers: { ...asAda, 'last-event-id': '42' },
    body: { query: 'subscription B($x: Int) { b }', variables: { x: 1 }, operationName: 'B', extensions: { e: 1 } },
  });

  expect(world.engine.requests[0]).toMatchObject({
    query: 'subscription B($x: Int) { b }',
    variables: { x: 1 },
    operationName: 'B',
    extensions: { e: 1 },
    caller: { kind: 'user', scopes: ['ada'] },
    address: '127.0.0.1',
    protocol: 'sse',
    resumeAfter: 42,
  });
});

const query = encodeURIComponent('subscription { a }');

test.each([
  ['a header that a foreign page cannot send', { 'apollo-require-preflight': '1' }],
  ['a content type that a foreign page cannot send', { 'content-type': 'application/json' }],
  ['the browser’s word that the page is ours', { 'sec-fetch-site': 'same-origin' }],
])('a GET is answered with %s', async (_, headers) => {
  await using world = await aTransportsWorld();
  using answer = await open(world, {
    method: 'GET',
    path: `/graphql?query=${query}&variables=${encodeURIComponent('{"x":[1]}')}`,
    headers: { accept: 'text/event-stream', ...headers },
  });

  expect(answer.response.statusCode).toBe(200);
  expect(world.engine.requests[0]).toMatchObject({ query: 'subscription { a }', variables: { x: [1] }, resumeAfter: null });
});

const refusals: readonly [title: string, ask: StreamAsk, status: number, code: string][] = [
  [
    'A7 a GET that any page could send',
    { method: 'GET', path: `/graphql?query=${query}`, headers: { accept: 'text/event-stream' } },
    400,
    'BAD_REQUEST',
  ],
  [
    'A7 a GET of another site',
    { method: 'GET', path: `/graphql?query=${query}`, headers: { accept: 'text/event-stream', 'sec-fetch-site': 'cross-site' } },
    400,
    'BAD_REQUEST',
  ],
  ['A7 text/plain', { headers: { ...eventStream, 'content-type': 'text/plain' } }, 415, 'BAD_REQUEST'],
  ['A7 a form', { headers: { ...eventStream, 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'BAD_REQUEST'],
  ['another method', { method: 'PUT', headers: { accept: 'text/event-stream' } }, 405, 'BAD_REQUEST'],
  ['a token that is not good', { headers: { ...eventStream, authorization: 'Bearer nobody' } }, 401, 'UNAUTHENTICATED'],
  ['a token that cannot be checked', { headers: { ...eventStream, authorization: 'Bearer away' } }, 503, 'SUBGRAPH_UNAVAILABLE'],
  ['no query', { body: {} }, 400, 'BAD_REQUEST'],
  ['a batch', { body: [{ query: 'subscription { a }' }] }, 400, 'BAD_REQUEST'],
  ['variables as text', { body: { query: 'subscription { a }', variables: '{}' } }, 400, 'BAD_REQUEST'],
  ['variables that are no JSON', { method: 'GET', path: `/graphql?query=${query}&variables=x`, headers: eventStream }, 400, 'BAD_REQUEST'],
  ['an event id that is no sequence', { headers: { ...eventStream, 'last-event-id': '-1' } }, 400, 'BAD_REQUEST'],
  ['a body that is not JSON', { body: '{' }, 400, 'BAD_REQUEST'],
  ['A5 a body that is too large', { body: { query: `subscription { a } # ${'x'.repeat(256 * 1024)}` } }, 413, 'LIMIT_EXCEEDED'],
];

test.each(refusals)('%s is a plain answer with an error', async (_, options, status, code) => {
  await using world = await aTransportsWorld();
  using answer = await ask(world.url, options);

  expect(await errorOf(answer)).toMatchObject({ code });
  expect(answer.response.statusCode).toBe(status);
  expect(answer.response.headers['content-type']).toContain('application/json');
  expect(world.engine.requests).toHaveLength(0);
});

test('a token in the address is not read', async () => {
  await using world = await aTransportsWorld();
  using _ = await open(world, { path: '/graphql?authorization=Bearer%20ada&access_token=ada' });

  expect(world.engine.requests[0]?.caller).toEqual({ kind: 'anonymous' });
});

test('what the engine refuses is a plain answer with its status', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave(refused('NOT_FOUND', 404));
  using answer = await ask(world.url);

  expect(await errorOf(answer)).toEqual({ code: 'NOT_FOUND' });
  expect(answer.response.statusCode).toBe(404);
});

test('a fault is masked', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave(new Error('SELECT secret'));
  using answer = await ask(world.url);

  expect(await answer.rest()).not.toContain('secret');
  expect(answer.response.statusCode).toBe(500);
});

test('a stream that ends with errors says them, is complete and closes', async () => {
  await using world = await aTransportsWorld();
  using answer = await open(world);
  const errors = [{ message: 'gone', extensions: { code: 'SCHEMA_RELOADED', lastSequence: 7 } }];

  world.engine.streams[0]?.end('schema_reloaded', errors);
  await answer.rest();

  expect(answer.events).toEqual([
    { event: 'next', id: undefined, data: JSON.stringify({ errors }) },
    { event: 'complete', id: undefined, data: '' },
  ]);
});

test('a shutdown ends the response without a last word, so that browsers come back', async () => {
  await using world = await aTransportsWorld();
  using answer = await open(world);
  world.engine.streams[0]?.push('{"data":1}', 1);

  world.streams.refuse();
  using late = await ask(world.url);
  world.engine.streams[0]?.end('shutdown', [{ message: 'stopping' }]);
  await answer.rest();

  expect(answer.events.map(({ event }) => event)).toEqual(['next']);
  expect(late.response.statusCode).toBe(503);
  expect(late.response.headers['retry-after']).toBe('1');
});

test.each([
  ['token_expired', 'TOKEN_EXPIRED'],
  ['revoked', 'UNAUTHENTICATED'],
] as const)('A23 %s ends with %s and the last sequence, and nothing follows', async (end, code) => {
  await using world = await aTransportsWorld();
  using answer = await open(world, { headers: asAda });
  const stream = world.engine.streams[0];
  stream?.push('{"data":1}', 9);

  world.present.get('ada')?.(end);
  stream?.push('{"data":2}', 10);
  await answer.rest();

  expect(stream?.closed).toBe(end);
  expect(answer.events.map(({ event }) => event)).toEqual(['next', 'next', 'complete']);
  expect(JSON.parse(answer.events[1]?.data ?? '')).toMatchObject({ errors: [{ extensions: { code, lastSequence: 9 } }] });
  await eventually(() => world.present.size === 0);
});

test('A23 a token that expires while its stream is opened is a plain 401, and no stream stays', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave('held');
  const asked = ask(world.url, { headers: asAda });
  await eventually(() => world.engine.requests.length === 1);

  world.present.get('ada')?.('token_expired');
  using answer = await asked;
  world.engine.release();

  expect(answer.response.statusCode).toBe(401);
  expect(await errorOf(answer)).toMatchObject({ code: 'TOKEN_EXPIRED' });
  expect(world.engine.requests[0]?.facts.signal.aborted).toBe(true);
  await eventually(() => world.engine.streams.length === 0);
});

test('a client that leaves closes its stream at once, and nobody else’s', async () => {
  await using world = await aTransportsWorld();
  const first = await open(world, { headers: asAda });
  using second = await open(world);
  const [left, kept] = world.engine.streams;

  first[Symbol.dispose]();
  await eventually(() => world.engine.streams.length === 1);
  kept?.push('{"data":1}');

  expect(left?.closed).toBe('client');
  expect(await second.heard(1)).toHaveLength(1);
  expect(world.present.size).toBe(0);
});

test('a client that leaves while its stream is opened leaves none behind', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave('held');
  const controller = new AbortController();
  const asked = fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: eventStream,
    body: '{"query":"subscription { a }"}',
    signal: controller.signal,
  }).catch(() => undefined);
  await eventually(() => world.engine.requests.length === 1);

  controller.abort();
  await asked;
  await eventually(() => world.engine.requests[0]?.facts.signal.aborted === true);
  world.engine.release();

  await eventually(() => world.engine.opened === 1 && world.engine.streams.length === 0);
});

test('A25 a client that never reads costs a bounded amount, and is ended', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 200, silenceMs: 1_000 } });
  using answer = await open(world);
  const [stream] = world.engine.streams;
  answer.response.pause();
  const payload = JSON.stringify({ data: 'x'.repeat(500) });

  const before = process.memoryUsage().arrayBuffers;
  await flood(world.engine.streams, payload, 100_000);
  const cost = process.memoryUsage().arrayBuffers - before;
  await eventually(() => stream?.closed === 'slow_consumer', { timeoutMs: 10_000 });

  expect(cost).toBeLessThan(16 * 1024 * 1024);
});

test('a client that falls behind and catches up gets what waited, in order', async () => {
  await using world = await aTransportsWorld();
  using answer = await open(world);
  const [stream] = world.engine.streams;
  const filler = 'x'.repeat(100_000);
  answer.response.pause();

  for (let at = 0; at < 100; at += 1) stream?.push(JSON.stringify({ data: at, filler }), at);
  expect(stream?.waiting).toBeGreaterThan(0);
  answer.response.resume();

  const events = await answer.heard(100);
  expect(events.map(({ id }) => Number(id))).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('A24 streams take places like sockets: of a user, of an address, of the process', async () => {
  await using world = await aTransportsWorld({ limits: { openPerCaller: 1, open: 3, connectsPerMinute: 5 } });

  using first = await ask(world.url, { headers: asAda });
  using second = await ask(world.url, { headers: asAda });
  await second.rest();
  using _ = await ask(world.url);
  using third = await ask(world.url);
  using tooMany = await ask(world.url);
  using tooFast = await ask(world.url);

  expect([first, second, third, tooMany, tooFast].map(({ response }) => response.statusCode)).toEqual([200, 429, 200, 503, 429]);
  expect(await errorOf(tooFast)).toMatchObject({ code: 'RATE_LIMITED' });
});

test('what does not ask for a stream is left to the route of queries', async () => {
  await using world = await aTransportsWorld();
  using answer = await ask(world.url, { headers: { ...eventStream, accept: 'application/json, text/event-stream' } });

  expect(answer.response.statusCode).toBe(418);
});
