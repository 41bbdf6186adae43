import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { StreamRefusedError } from '../src/subscriptions/stream.ts';
import { openSocket, type RawSocket } from './raw-socket.ts';
import { flood, refused } from './transports-engine.ts';
import { aTransportsWorld, type TransportsWorld } from './transports-world.ts';

const ada = { authorization: 'Bearer ada' };
const next = (id: string, payload: unknown): object => ({ id, type: 'next', payload });

/** A socket with subscriptions that are open. */
async function subscribed(world: TransportsWorld, ids: readonly string[], params?: Readonly<Record<string, string>>): Promise<RawSocket> {
  const before = world.engine.streams.length;
  const socket = await openSocket(world.url);
  await socket.greet(params);
  for (const id of ids) socket.subscribe(id);
  await eventually(() => world.engine.streams.length === before + ids.length);
  return socket;
}

test('results arrive in order under the id of their subscription, whatever it is', async () => {
  await using world = await aTransportsWorld();
  const ids = ['1', '__proto__', 'a "quoted" \\ ☕ one'];
  using socket = await subscribed(world, ids);

  world.engine.streams.forEach((stream, at) => {
    stream.push(`{"data":{"at":${String(at)}}}`);
    stream.push('{"data":{"at":"☕"}}');
  });
  await eventually(() => socket.messages.length === 7);

  for (const [at, id] of ids.entries()) {
    expect(socket.messages.filter((message) => message.id === id)).toEqual([next(id, { data: { at } }), next(id, { data: { at: '☕' } })]);
  }
});

test('a payload too large to copy arrives whole', async () => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1']);
  const text = 'é'.repeat(300_000);

  world.engine.streams[0]?.push(JSON.stringify({ data: { text } }));

  expect(await socket.heard(({ type }) => type === 'next')).toEqual(next('1', { data: { text } }));
});

test('what is replayed while a stream is opened arrives first', async () => {
  await using world = await aTransportsWorld();
  world.engine.replay(['{"data":1}', '{"data":2}']);
  using socket = await subscribed(world, ['1']);

  world.engine.streams[0]?.push('{"data":3}');
  await eventually(() => socket.messages.length === 4);

  expect(socket.messages.slice(1).map(({ payload }) => payload)).toEqual([{ data: 1 }, { data: 2 }, { data: 3 }]);
});

test('a refused subscription is an error of its id, and the socket stays', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);
  await socket.greet();

  world.engine.behave(refused('NOT_FOUND', 404));
  socket.subscribe('1');
  const error = await socket.heard(({ type }) => type === 'error');
  world.engine.behave('open');
  socket.subscribe('1');
  await eventually(() => world.engine.streams.length === 1);

  expect(error).toEqual({ id: '1', type: 'error', payload: [{ message: 'said NOT_FOUND', extensions: { code: 'NOT_FOUND' } }] });
  expect(socket.closed).toBeNull();
});

test('a fault while a stream is opened is masked', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);
  await socket.greet();

  world.engine.behave(new Error('SELECT secret'));
  socket.subscribe('1');
  const { payload } = await socket.heard(({ type }) => type === 'error');

  expect(payload).toMatchObject([{ message: 'Something went wrong.', extensions: { code: 'INTERNAL' } }]);
  expect(JSON.stringify(world.log)).toContain('SELECT secret');
});

test('a stream that ends with errors is an error of its id, after its results', async () => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1', '2']);
  const errors = [{ message: 'too slow', extensions: { code: 'SLOW_CONSUMER', lastSequence: 7 } }];

  world.engine.streams[0]?.push('{"data":1}');
  world.engine.streams[0]?.end('slow_consumer', errors);
  await socket.heard(({ type }) => type === 'error');
  world.engine.streams[0]?.push('{"data":2}');
  await socket.heard(({ id, type }) => id === '2' && type === 'next');

  expect(socket.messages.slice(1)).toEqual([next('1', { data: 1 }), { id: '1', type: 'error', payload: errors }, next('2', { data: 2 })]);
});

test('a stream that ends without errors is complete, and its id may be used again', async () => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1']);

  world.engine.streams[0]?.end('failed');
  await socket.heard(({ type }) => type === 'complete');
  socket.subscribe('1');
  await eventually(() => world.engine.streams.length === 1);

  expect(socket.closed).toBeNull();
});

const departures: readonly [title: string, leave: (socket: RawSocket) => void][] = [
  ['completes', (socket) => socket.say({ type: 'complete', id: '1' })],
  ['closes its socket', (socket) => socket.ws.close()],
  ['cuts its socket', (socket) => socket.ws.terminate()],
  ['breaks the protocol', (socket) => socket.send('{')],
];

test.each(departures)('a client that %s closes its stream at once, and nobody else’s', async (_, leave) => {
  await using world = await aTransportsWorld();
  using first = await subscribed(world, ['1']);
  using second = await subscribed(world, ['1']);
  const [left, kept] = world.engine.streams;

  leave(first);
  await eventually(() => world.engine.streams.length === 1);
  kept?.push('{"data":1}');

  expect(left?.closed).toBe('client');
  expect(await second.heard(({ type }) => type === 'next')).toEqual(next('1', { data: 1 }));
});

test.each(departures)('a client that %s while its stream is opened leaves none behind', async (_, leave) => {
  await using world = await aTransportsWorld();
  world.engine.behave('held');
  using socket = await openSocket(world.url);
  await socket.greet();
  socket.subscribe('1');
  await eventually(() => world.engine.requests.length === 1);

  leave(socket);
  await eventually(() => world.engine.requests[0]?.facts.signal.aborted === true);
  world.engine.release();

  await eventually(() => world.engine.opened === 1 && world.engine.streams.length === 0);
});

test('an id that is completed and taken again in one packet is one stream', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave('held');
  using socket = await openSocket(world.url);
  await socket.greet();

  socket.subscribe('1', 'subscription { first }');
  socket.say({ type: 'complete', id: '1' });
  socket.subscribe('1', 'subscription { second }');
  await eventually(() => world.engine.requests.length === 2);
  world.engine.release();
  await eventually(() => world.engine.streams.length === 1);
  world.engine.streams[0]?.push('{"data":1}');
  await socket.heard(({ type }) => type === 'next');

  expect(world.engine.streams[0]?.request.query).toBe('subscription { second }');
  expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(1);
});

test('a client that vanishes without a word is dropped when it answers no heartbeat', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 100, silenceMs: 200 } });
  using gone = await subscribed(world, ['1']);
  using here = await subscribed(world, ['1']);

  gone.ws.pause();
  await eventually(() => world.engine.streams.length === 1);

  expect(here.closed).toBeNull();
  here.ws.ping();
  expect(world.engine.streams[0]?.closed).toBeNull();
});

test('A24 1,000 subscriptions on a socket: the first 100 are opened, each other one is refused by itself', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);
  await socket.greet();

  for (let i = 0; i < 1_000; i += 1) socket.subscribe(String(i));
  await eventually(() => socket.messages.filter(({ type }) => type === 'error').length === 900);

  expect(world.engine.streams).toHaveLength(100);
  expect(socket.messages[1]).toMatchObject({ id: '100', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
  expect(socket.closed).toBeNull();
});

test('A25 an id that every result would repeat is kept short', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);
  await socket.greet();

  socket.subscribe('i'.repeat(257));
  socket.subscribe('i'.repeat(256));

  const refused = await socket.heard(({ type }) => type === 'error');
  expect(refused).toMatchObject({ id: 'i'.repeat(257), payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
  await eventually(() => expect(world.engine.streams).toHaveLength(1));
  expect(socket.closed).toBeNull();
});

test.each([
  ['token_expired', 'Token expired'],
  ['revoked', 'Session ended'],
] as const)('A23 %s closes the socket with 4403 and all its streams before, and nothing follows', async (end, reason) => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1', '2'], ada);
  const streams = world.engine.streams;

  world.present.get('ada')?.(end);
  expect(streams.map(({ closed }) => closed)).toEqual([end, end]);
  for (const stream of streams) stream.push('{"data":1}');
  socket.subscribe('3');

  expect(await socket.end()).toBe(4403);
  expect(socket.closed?.reason).toBe(reason);
  expect(socket.messages).toHaveLength(1);
  expect(world.engine.requests).toHaveLength(2);
  expect(world.present.size).toBe(0);
});

test('a ping with a fresh token of the same user renews in place', async () => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1'], ada);

  socket.say({ type: 'ping', payload: { authorization: 'Bearer ada-2' } });
  await socket.heard(({ type }) => type === 'pong');
  socket.subscribe('2');
  await eventually(() => world.engine.requests.length === 2);

  expect([...world.present.keys()]).toEqual(['ada-2']);
  expect(world.engine.requests[1]?.caller).toMatchObject({ scopes: ['ada-2'] });
  expect(world.engine.streams).toHaveLength(2);
});

test.each([
  ['of somebody else', ada, 'Bearer bob'],
  ['that is not good', ada, 'Bearer nobody'],
  ['from who came without', undefined, 'Bearer ada'],
])('a ping with a token %s closes with 4403', async (_, params, authorization) => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1'], params);

  socket.say({ type: 'ping', payload: { authorization } });

  expect(await socket.end()).toBe(4403);
  expect(world.engine.streams).toHaveLength(0);
});

test('while a fresh token cannot be checked the old one goes on', async () => {
  await using world = await aTransportsWorld();
  using socket = await subscribed(world, ['1'], ada);

  socket.say({ type: 'ping', payload: { authorization: 'Bearer away' } });
  await socket.heard(({ type }) => type === 'pong');

  expect([...world.present.keys()]).toEqual(['ada']);
});

test('a ping without a token is answered, at any time', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);

  socket.say({ type: 'ping', payload: { anything: 1 } });

  expect(await socket.heard(({ type }) => type === 'pong')).toEqual({ type: 'pong' });
});

test('A25 a client that never reads costs a bounded amount, and is ended', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 400, silenceMs: 1_500, waitingBytes: 256 * 1024 } });
  using socket = await subscribed(world, ['1', '2']);
  const [stream, other] = world.engine.streams;
  socket.ws.pause();
  const payload = JSON.stringify({ data: 'x'.repeat(500) });

  const before = process.memoryUsage().arrayBuffers;
  await flood(world.engine.streams, payload, 100_000);
  const cost = process.memoryUsage().arrayBuffers - before;
  const waiting = stream?.waiting;
  await eventually(() => world.engine.streams.length === 0, { timeoutMs: 10_000 });

  expect(cost).toBeLessThan(16 * 1024 * 1024);
  expect(waiting).toBe(128);
  expect([stream?.closed, other?.closed]).toEqual(['slow_consumer', 'slow_consumer']);
});

test('A25 a client that asks for answers and reads none is not read either, and is ended', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 400, silenceMs: 1_500, waitingBytes: 64 * 1024, open: 1 } });
  using socket = await openSocket(world.url);
  await socket.greet();
  socket.ws.pause();

  world.engine.behave(new StreamRefusedError({ status: 400, errors: [{ message: 'x'.repeat(10_000) }] }));
  for (let i = 0; i < 20_000; i += 1) socket.subscribe(String(i));

  // Its place is free again.
  await eventually(
    async () => {
      using _ = await openSocket(world.url);
    },
    { timeoutMs: 20_000 },
  );
  expect(world.engine.requests.length).toBeLessThan(5_000);
});

test('a client that catches up while its stream is still opened gets what waited', async () => {
  await using world = await aTransportsWorld({ limits: { waitingBytes: 256 * 1024 } });
  world.engine.replay(Array.from({ length: 10 }, (_, at) => JSON.stringify({ data: at, filler: 'x'.repeat(1_000_000) })));
  world.engine.behave('held');
  using socket = await openSocket(world.url);
  await socket.greet();
  socket.subscribe('1');
  await socket.heard(({ type }) => type === 'next');

  world.engine.release();
  await eventually(() => socket.messages.length === 11);

  expect(socket.messages.slice(1).map(({ payload }) => (payload as { data: number }).data)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a client that falls behind and catches up gets what waited, in order, on all its streams', async () => {
  await using world = await aTransportsWorld({ limits: { waitingBytes: 256 * 1024 } });
  using socket = await subscribed(world, ['1', '2']);
  const [first, second] = world.engine.streams;
  const filler = 'x'.repeat(100_000);
  socket.ws.pause();

  for (let at = 0; at < 60; at += 1) {
    first?.push(JSON.stringify({ data: at, filler }));
    second?.push(JSON.stringify({ data: at, filler }));
  }
  expect((first?.waiting ?? 0) + (second?.waiting ?? 0)).toBeGreaterThan(0);
  socket.ws.resume();
  await eventually(() => socket.messages.length === 121);

  for (const id of ['1', '2']) {
    const seen = socket.messages.filter((message) => message.id === id).map(({ payload }) => (payload as { data: number }).data);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => at));
  }
});

test('a shutdown closes idle sockets with 1001 and takes no new ones; the others are closed when their streams end', async () => {
  await using world = await aTransportsWorld();
  using idle = await openSocket(world.url);
  await idle.greet();
  using busy = await subscribed(world, ['1', '2']);
  using leaving = await subscribed(world, ['1']);

  world.streams.refuse();
  expect(await idle.end()).toBe(1001);
  await expect(openSocket(world.url)).rejects.toThrow('503');
  expect([busy.closed, leaving.closed]).toEqual([null, null]);
  leaving.say({ type: 'complete', id: '1' });
  expect(await leaving.end()).toBe(1001);
  world.engine.streams[0]?.end('shutdown', [{ message: 'stopping' }]);

  expect(await busy.end()).toBe(1001);
  expect(busy.messages).toHaveLength(1);
  expect(world.engine.streams).toHaveLength(0);
});
