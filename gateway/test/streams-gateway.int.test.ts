import { eventually } from '@tally/testkit';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ask, eventStream } from './event-source.ts';
import { openSocket } from './raw-socket.ts';
import { aWorld, leak, user } from './world.ts';

const query = 'subscription ($after: Int) { visitChanged(visitId: "v1", afterSequence: $after) { sequence visit { fee } } }';

test('live events reach a client of each protocol through the one gateway', async () => {
  await using world = await aWorld({ live: true });
  const token = await world.tokenFor([]);
  world.desk.book('v1', user.userId);
  const received: unknown[] = [];
  const client = createClient({
    url: `${world.url}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const unsubscribe = client.subscribe(
    { query },
    { next: ({ data }) => void received.push(data), error: (error) => void received.push(error), complete: () => undefined },
  );
  using sse = await ask(world.url, {
    headers: { ...eventStream, authorization: `Bearer ${token}`, 'last-event-id': '0' },
    body: { query },
  });
  await eventually(() => expect(received).toHaveLength(1));

  await world.desk.step('v1');

  await eventually(() => expect(received).toEqual([1, 2].map((n) => ({ visitChanged: { sequence: n, visit: { fee: n * 100 } } }))));
  const told = await sse.heard(2);
  expect(told.map(({ id, data }) => [id, data])).toEqual([
    ['1', '{"data":{"visitChanged":{"sequence":1,"visit":{"fee":100}}}}'],
    ['2', '{"data":{"visitChanged":{"sequence":2,"visit":{"fee":200}}}}'],
  ]);
  unsubscribe();
  await client.dispose();
});

test('a subscription as a plain request is told the ways', async () => {
  await using world = await aWorld({ live: true });

  const reply = await world.ask(query, { token: await world.tokenFor([]) });

  expect(reply.status).toBe(400);
  expect(reply.body.errors).toMatchObject([
    { message: expect.stringMatching(/WebSocket.*event-stream.*multipart/) as string, extensions: { code: 'BAD_REQUEST' } },
  ]);
});

test('the virtual subgraph is nobody: no address, no health, no request', async () => {
  await using world = await aWorld({ live: true });

  const health = (await (await fetch(`${world.url}/health/ready`)).json()) as { readonly dependencies: Record<string, string> };

  expect(Object.keys(health.dependencies)).not.toContain('events');
  expect(Object.keys(health.dependencies)).toContain('desk');
});

test('a gateway that stops ends its streams, and sockets close with 1001', async () => {
  const world = await aWorld({ live: true });
  world.desk.book('v1', user.userId);
  const token = await world.tokenFor([]);
  const closed = Promise.withResolvers<number>();
  const received: unknown[] = [];
  const client = createClient({
    url: `${world.url}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: { closed: (event) => closed.resolve((event as { readonly code: number }).code) },
  });
  client.subscribe({ query }, { next: ({ data }) => void received.push(data), error: () => undefined, complete: () => undefined });
  await eventually(() => received.length === 1);

  const startedAt = performance.now();
  await world[Symbol.asyncDispose]();

  expect(await closed.promise).toBe(1001);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('a refused stream leaks nothing', async () => {
  await using world = await aWorld({ live: true });
  world.doubles.desk?.behave(() => Promise.resolve({ status: 200, body: { errors: [{ message: 'SELECT secret FROM t at 127.0.0.1' }] } }));

  const refused = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${await world.tokenFor([])}` },
    body: JSON.stringify({ query }),
  });

  const text = await refused.text();
  expect(refused.status).toBe(500);
  expect(text).toContain('"INTERNAL"');
  expect(text).not.toMatch(leak);
});

test('a client that leaves while its stream opens is nobody’s fault: nothing is warned of, and nothing is left', async () => {
  await using world = await aWorld({ live: true });
  world.desk.book('v1', user.userId);
  const authorization = `Bearer ${await world.tokenFor([])}`;
  using socket = await openSocket(world.url);
  await socket.greet({ authorization });
  const before = world.log.length;

  for (let at = 0; at < 40; at++) {
    socket.subscribe(`s${String(at)}`, query, { after: 0 });
    if (at % 2 === 1) await world.desk.step('v1');
    socket.say({ type: 'complete', id: `s${String(at)}` });
  }

  socket.subscribe('stays', query, { after: 20 });
  await world.desk.step('v1');
  await socket.heard(({ type, id }) => type === 'next' && id === 'stays');
  expect(world.log.slice(before).filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});
