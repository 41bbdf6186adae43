import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core/index.js';
import { eventually } from '@tally/testkit';
import { createClient, type Client, type FormattedExecutionResult } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ask, eventStream } from './event-source.ts';
import { openSocket } from './raw-socket.ts';
import { aReader } from './streams-world.ts';
import { aStreamingGateway, type StreamingGateway } from './transports-gateway.ts';

const visit = 'subscription ($id: ID!, $after: Int) { visitChanged(visitId: $id, afterSequence: $after) { sequence status } }';
const variables = { id: 'v1' };
const shelves = 'subscription { shelvesChanged(shelfIds: ["s1"]) { free } }';

/** The client that pages use. */
function aClient({ url }: StreamingGateway, token?: string): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    retryAttempts: 0,
  });
}

interface Heard {
  readonly results: FormattedExecutionResult[];
  ended: unknown;
}

function listen(client: Client, query: string, asked: Record<string, unknown> = {}): Heard {
  const heard: Heard = { results: [], ended: undefined };
  client.subscribe(
    { query, variables: asked },
    {
      next: (result) => heard.results.push(result as FormattedExecutionResult),
      error: (error) => (heard.ended = error),
      complete: () => (heard.ended = 'complete'),
    },
  );
  return heard;
}

test('one stream reads the same over all three protocols', async () => {
  await using gateway = await aStreamingGateway();
  const reader = aReader();
  const token = await gateway.tokenFor(reader);
  gateway.desk.book('v1', reader.userId);

  const socket = listen(aClient(gateway, token), visit, variables);
  using events = await ask(gateway.url, {
    headers: { ...eventStream, authorization: `Bearer ${token}` },
    body: { query: visit, variables },
  });
  const parts: unknown[] = [];
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${gateway.url}/graphql`, headers: { authorization: `Bearer ${token}` } }),
  });
  const subscription = apollo
    .subscribe({ query: gql(visit), variables, fetchPolicy: 'no-cache' })
    .subscribe(({ data }) => parts.push(data));
  await eventually(() => socket.results.length === 1 && events.events.length === 1 && parts.length === 1);
  await gateway.desk.step('v1');
  await gateway.desk.step('v1', 'LEFT');
  await eventually(() => socket.results.length === 3 && events.events.length === 3 && parts.length === 3);

  const expected = [
    { visitChanged: { sequence: 1, status: 'BOOKED' } },
    { visitChanged: { sequence: 2, status: 'SEATED' } },
    { visitChanged: { sequence: 3, status: 'LEFT' } },
  ];
  expect(socket.results.map(({ data }) => data)).toEqual(expected);
  expect(events.events.map(({ data }) => (JSON.parse(data ?? '') as { data: unknown }).data)).toEqual(expected);
  expect(events.events.map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(parts.map((part) => JSON.parse(JSON.stringify(part)) as unknown)).toMatchObject(expected);
  subscription.unsubscribe();
});

test('Last-Event-ID goes on where a connection was cut', async () => {
  await using gateway = await aStreamingGateway();
  const reader = aReader();
  const headers = { ...eventStream, authorization: `Bearer ${await gateway.tokenFor(reader)}` };
  gateway.desk.book('v1', reader.userId);
  const first = await ask(gateway.url, { headers, body: { query: visit, variables } });
  await first.heard(1);
  first[Symbol.dispose]();

  for (let step = 0; step < 3; step += 1) await gateway.desk.step('v1');
  using second = await ask(gateway.url, { headers: { ...headers, 'last-event-id': '1' }, body: { query: visit, variables } });

  expect((await second.heard(3)).map(({ id }) => id)).toEqual(['2', '3', '4']);
});

const bad: readonly [title: string, query: string, code: string, status: number][] = [
  ['a query', '{ books { id } }', 'BAD_REQUEST', 400],
  ['a mutation', 'mutation { lend(input: { bookId: "b1", key: "k" }) { id } }', 'BAD_REQUEST', 400],
  ['a syntax error', 'subscription {', 'GRAPHQL_PARSE_FAILED', 400],
  ['an unknown field', 'subscription { nope }', 'GRAPHQL_VALIDATION_FAILED', 400],
  [
    'two root fields',
    `subscription { a: shelvesChanged(shelfIds: ["s"]) { free } b: bellRang(hall: "h") { hall } }`,
    'GRAPHQL_VALIDATION_FAILED',
    400,
  ],
  [
    'A2 101 aliases',
    `subscription { shelvesChanged(shelfIds: ["s"]) { ${Array.from({ length: 101 }, (_, i) => `a${String(i)}: free`).join(' ')} } }`,
    'LIMIT_EXCEEDED',
    400,
  ],
  ['a stream for who is signed in', 'subscription { visitChanged(visitId: "v1") { sequence } }', 'UNAUTHENTICATED', 401],
];

test.each(bad)('%s is refused with the same code over sockets and events', async (_, query, code, status) => {
  await using gateway = await aStreamingGateway();
  using socket = await openSocket(gateway.url);
  await socket.greet();

  socket.subscribe('1', query);
  using answer = await ask(gateway.url, { body: { query } });
  const error = await socket.heard(({ type }) => type === 'error');
  const refused = JSON.parse(await answer.rest()) as unknown;

  expect(error.payload).toMatchObject([{ extensions: { code } }]);
  expect(refused).toMatchObject({ errors: [{ extensions: { code } }] });
  expect(answer.response.statusCode).toBe(status);
  expect(socket.closed).toBeNull();
});

test('A10 a stream of somebody else looks like one that is not there', async () => {
  await using gateway = await aStreamingGateway();
  gateway.desk.book('v1', aReader().userId);
  using socket = await openSocket(gateway.url);
  await socket.greet({ authorization: `Bearer ${await gateway.tokenFor(aReader())}` });

  for (const id of ['v1', 'v2']) socket.subscribe(id, visit, { id });
  await eventually(() => socket.messages.length === 3);

  const [foreign, missing] = ['v1', 'v2'].map((id) => socket.messages.find((message) => message.id === id)?.payload as object[]);
  expect(foreign).toMatchObject([{ message: 'There is no such visit.', extensions: { code: 'NOT_FOUND' } }]);
  expect(JSON.stringify(missing).replace(/"traceId":"\w+"/, '')).toBe(JSON.stringify(foreign).replace(/"traceId":"\w+"/, ''));
});

test('a subscription as a plain request is refused', async () => {
  await using gateway = await aStreamingGateway();
  using answer = await ask(gateway.url, { headers: { 'content-type': 'application/json' }, body: { query: shelves } });

  expect(JSON.parse(await answer.rest())).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  expect(answer.response.statusCode).toBe(400);
});

test('A23 a token that runs out ends sockets and events, and nothing is delivered after', async () => {
  await using gateway = await aStreamingGateway();
  const reader = aReader();
  const token = await gateway.tokenFor(reader, 2_500);
  gateway.desk.book('v1', reader.userId);
  using socket = await openSocket(gateway.url);
  await socket.greet({ authorization: `Bearer ${token}` });
  socket.subscribe('1', visit, variables);
  using events = await ask(gateway.url, {
    headers: { ...eventStream, authorization: `Bearer ${token}` },
    body: { query: visit, variables },
  });
  await events.heard(1);

  expect(await socket.end()).toBe(4403);
  await events.rest();
  await gateway.desk.step('v1');

  expect(socket.messages.map(({ type }) => type)).toEqual(['connection_ack', 'next']);
  expect(events.events.map(({ event }) => event)).toEqual(['next', 'next', 'complete']);
  expect(JSON.parse(events.events[1]?.data ?? '')).toMatchObject({ errors: [{ extensions: { code: 'TOKEN_EXPIRED', lastSequence: 1 } }] });
});

test('A23 a fresh token in a ping outlives the old one', async () => {
  await using gateway = await aStreamingGateway();
  const reader = aReader();
  gateway.desk.book('v1', reader.userId);
  using renewed = await openSocket(gateway.url);
  using left = await openSocket(gateway.url);
  for (const socket of [renewed, left]) {
    await socket.greet({ authorization: `Bearer ${await gateway.tokenFor(reader, 2_500)}` });
    socket.subscribe('1', visit, variables);
  }

  renewed.say({ type: 'ping', payload: { authorization: `Bearer ${await gateway.tokenFor(reader)}` } });
  await renewed.heard(({ type }) => type === 'pong');
  expect(await left.end()).toBe(4403);
  await gateway.desk.step('v1');

  await eventually(() => renewed.messages.filter(({ type }) => type === 'next').length === 2);
});

test('A23 a logout ends the streams of its session within 5 s, and of no other', async () => {
  await using gateway = await aStreamingGateway();
  const [reader, other] = [aReader(), aReader()];
  using ended = await openSocket(gateway.url);
  await ended.greet({ authorization: `Bearer ${await gateway.tokenFor(reader)}` });
  using stays = await openSocket(gateway.url);
  await stays.greet({ authorization: `Bearer ${await gateway.tokenFor(other)}` });

  await gateway.logOut(reader);

  expect(await ended.end()).toBe(4403);
  expect(stays.closed).toBeNull();
});

test('after a restart the stock client of graphql-ws is back by itself', async () => {
  await using first = await aStreamingGateway();
  await first.desk.setShelf('s1', 1);
  const codes: unknown[] = [];
  const client = createClient({
    url: `${first.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 1_000,
    retryWait: () => setTimeout(20),
    // A refused TCP connection too, which ws tells as an error.
    shouldRetry: () => true,
    on: { closed: (event) => codes.push((event as { code: number }).code) },
  });
  const heard = listen(client, shelves);
  await eventually(() => heard.results.length === 1);

  await first.stop();
  await using second = await aStreamingGateway({ port: Number(new URL(first.url).port) });
  await second.desk.setShelf('s1', 2);
  await eventually(() => heard.results.length >= 2);

  expect(codes[0]).toBe(1001);
  expect(heard.ended).toBeUndefined();
  expect(heard.results.at(-1)).toEqual({ data: { shelvesChanged: { free: 2 } } });
  await client.dispose();
});

test('a shutdown with streams of every kind ends them all in time', async () => {
  await using gateway = await aStreamingGateway();
  await gateway.desk.setShelf('s1', 1);
  const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(gateway.url)));
  for (const socket of sockets) {
    await socket.greet();
    socket.subscribe('1', shelves);
  }
  using idle = await openSocket(gateway.url);
  using events = await ask(gateway.url, { body: { query: shelves } });
  using parts = await ask(gateway.url, {
    headers: { accept: 'multipart/mixed;subscriptionSpec="1.0"', 'content-type': 'application/json' },
    body: { query: shelves },
  });
  await eventually(() => sockets.every(({ messages }) => messages.length === 2));
  await events.heard(1);

  const startedAt = performance.now();
  await gateway.stop();

  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await eventually(() => sockets.every(({ closed }) => closed?.code === 1001));
  expect(await idle.end()).toBe(1001);
  expect(sockets.every(({ messages }) => messages.every(({ type }) => type !== 'error'))).toBe(true);
  await events.rest();
  expect(events.events.map(({ event }) => event)).toEqual(['next']);
  expect((await parts.rest()).endsWith('--graphql--\r\n')).toBe(true);
});

test('the first of those who share a stream may leave without silencing the others', async () => {
  await using gateway = await aStreamingGateway();
  await gateway.desk.setShelf('s1', 1);
  using first = await openSocket(gateway.url);
  await first.greet();
  first.subscribe('1', shelves);
  await first.heard(({ type }) => type === 'next');
  using events = await ask(gateway.url, { body: { query: shelves } });
  await events.heard(1);

  first.ws.terminate();
  await gateway.desk.setShelf('s1', 2);

  expect(JSON.parse((await events.heard(2))[1]?.data ?? '')).toEqual({ data: { shelvesChanged: { free: 2 } } });
});

test('a request that asks for another protocol than WebSocket is answered as if it had not', async () => {
  await using gateway = await aStreamingGateway();
  using answer = await ask(gateway.url, {
    headers: { 'content-type': 'application/json', connection: 'upgrade, http2-settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' },
    body: { query: '{ books { id } }' },
  });

  expect(JSON.parse(await answer.rest())).toHaveProperty('data.books');
});

test('sockets are counted, and so is why one was refused', async () => {
  const metricsPort = await aFreePort();
  await using gateway = await aStreamingGateway({ metricsPort });
  using _ = await openSocket(gateway.url);
  await expect(openSocket(gateway.url, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
  using answer = await ask(gateway.url, { body: { query: '{ books { id } }' } });
  await answer.rest();

  const metrics = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();

  expect(metrics).toMatch(/gateway_sockets_active(\{[^}]*\})? 1/);
  expect(metrics).toMatch(/gateway_sockets_rejected_total\{reason="origin"[^}]*\} 1/);
  expect(metrics).toMatch(/gateway_requests_total\{operation="other",type="subscription",outcome="refused"[^}]*\} 1/);
  expect(metrics).toMatch(/gateway_rejected_total\{reason="not_a_subscription"[^}]*\} 1/);
});

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
