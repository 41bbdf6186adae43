import { connect } from 'node:net';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { openSocket, type RawSocket } from './raw-socket.ts';
import { aTransportsWorld, type TransportsWorld } from './transports-world.ts';

const ada = { authorization: 'Bearer ada' };

function twice(say: () => void): void {
  say();
  say();
}

const misbehaviours: readonly [title: string, code: number, misbehave: (socket: RawSocket) => void | Promise<void>][] = [
  ['a second connection_init', 4429, (socket) => twice(() => socket.say({ type: 'connection_init' }))],
  ['a subscribe before connection_init', 4401, (socket) => socket.subscribe('1')],
  ['an id twice', 4409, (socket) => socket.greet().then(() => twice(() => socket.subscribe('1')))],
  ['what is not JSON', 4400, (socket) => socket.send('{')],
  ['JSON that is no message', 4400, (socket) => socket.send('[1]')],
  ['a message without a type', 4400, (socket) => socket.send('{"id":"1"}')],
  ['an unknown type', 4400, (socket) => socket.send('{"type":"start"}')],
  ['an empty id', 4400, (socket) => socket.say({ type: 'subscribe', id: '', payload: { query: '{ a }' } })],
  ['a subscribe without a query', 4400, (socket) => socket.say({ type: 'subscribe', id: '1', payload: {} })],
  ['binary rubbish', 4400, (socket) => socket.send(Buffer.from([0xff, 0x00, 0xfe]))],
  ['a token that is not good', 4403, (socket) => socket.say({ type: 'connection_init', payload: { authorization: 'Bearer nobody' } })],
  ['a token that is no text', 4403, (socket) => socket.say({ type: 'connection_init', payload: { authorization: { ada: 1 } } })],
  ['a token that cannot be checked', 1013, (socket) => socket.say({ type: 'connection_init', payload: { authorization: 'Bearer away' } })],
  ['A25 a message over 64 KB', 1009, (socket) => socket.send('x'.repeat(64 * 1024 + 1))],
  ['A25 a message of 10 MB', 1009, (socket) => socket.send('x'.repeat(10 * 1024 * 1024))],
];

test.each(misbehaviours)('A22 %s closes with %i', async (_, code, misbehave) => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);

  await misbehave(socket);

  expect(await socket.end()).toBe(code);
  await eventually(() => world.engine.streams.length === 0);
});

test('A22 a socket that says nothing is closed with 4408, one that speaks is not', async () => {
  await using world = await aTransportsWorld({ limits: { initMs: 100 } });
  using silent = await openSocket(world.url);
  using talking = await openSocket(world.url);
  await talking.greet();

  expect(await silent.end()).toBe(4408);
  expect(talking.closed).toBeNull();
});

test('a socket that speaks no protocol of ours is closed with 4406', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url, { protocols: [] });

  expect(await socket.end()).toBe(4406);
});

test.each([
  ['authorization', 'Bearer ada'],
  ['Authorization', 'Bearer ada'],
])('a token comes in as %s', async (name, token) => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);

  await socket.greet({ [name]: token });
  socket.subscribe('1', 'subscription A { a }', { x: 1 });
  await eventually(() => world.engine.requests.length === 1);

  expect(world.engine.requests[0]).toMatchObject({
    query: 'subscription A { a }',
    variables: { x: 1 },
    operationName: null,
    caller: { kind: 'user', scopes: ['ada'] },
    address: '127.0.0.1',
    protocol: 'websocket',
    resumeAfter: null,
  });
  expect([...world.present.keys()]).toEqual(['ada']);
});

test('who sends no token is anonymous', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url);

  await socket.greet({ authorization: null, other: 1 });
  socket.subscribe('1');
  await eventually(() => world.engine.requests.length === 1);

  expect(world.engine.requests[0]?.caller).toEqual({ kind: 'anonymous' });
});

test('a token in the address of a socket is not read', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url, { headers: { authorization: 'Bearer ada', cookie: 'token=ada' } });

  await socket.greet();
  socket.subscribe('1');
  await eventually(() => world.engine.requests.length === 1);

  expect(world.engine.requests[0]?.caller).toEqual({ kind: 'anonymous' });
});

const statusOf = async (world: TransportsWorld, headers: Readonly<Record<string, string>>): Promise<string> => {
  try {
    using _ = await openSocket(world.url, { headers });
    return 'open';
  } catch (error) {
    return (error as Error).message;
  }
};

test('A21 a foreign page opens no socket; our own, an allowed one, and what is no browser do', async () => {
  await using world = await aTransportsWorld({ allowedOrigins: ['https://shop.example'] });

  expect(await statusOf(world, { origin: 'https://evil.example' })).toBe('403');
  expect(await statusOf(world, { origin: 'null' })).toBe('403');
  expect(await statusOf(world, { 'sec-fetch-mode': 'websocket' })).toBe('403');
  expect(await statusOf(world, { origin: world.url })).toBe('open');
  expect(await statusOf(world, { origin: 'https://shop.example' })).toBe('open');
  expect(await statusOf(world, {})).toBe('open');
});

test('A24 an address connects so often in a minute, then waits', async () => {
  await using world = await aTransportsWorld({ limits: { connectsPerMinute: 5 } });

  const statuses: string[] = [];
  for (let i = 0; i < 7; i += 1) statuses.push(await statusOf(world, {}));

  expect(statuses).toEqual(['open', 'open', 'open', 'open', 'open', '429', '429']);
});

test('A24 a forged X-Forwarded-For makes no new address', async () => {
  await using world = await aTransportsWorld({ limits: { connectsPerMinute: 1 } });

  expect(await statusOf(world, { 'x-forwarded-for': '192.0.2.1' })).toBe('open');
  expect(await statusOf(world, { 'x-forwarded-for': '192.0.2.2' })).toBe('429');
});

test('behind a trusted proxy the address is the one it names', async () => {
  await using world = await aTransportsWorld({ limits: { connectsPerMinute: 1 }, trustedProxies: 1 });

  expect(await statusOf(world, { 'x-forwarded-for': '192.0.2.1' })).toBe('open');
  expect(await statusOf(world, { 'x-forwarded-for': '192.0.2.9, 192.0.2.2' })).toBe('open');
  expect(await statusOf(world, { 'x-forwarded-for': '192.0.2.9, 192.0.2.2' })).toBe('429');
});

test('A24 the process holds so many sockets, and a place that is left is free again', async () => {
  await using world = await aTransportsWorld({ limits: { open: 2 } });
  using first = await openSocket(world.url);
  using _ = await openSocket(world.url);

  expect(await statusOf(world, {})).toBe('503');
  first.ws.close();
  await eventually(async () => {
    expect(await statusOf(world, {})).toBe('open');
  });
});

test('A24 100 sockets of one user: the eleventh is sent away, another user is not', async () => {
  await using world = await aTransportsWorld();
  const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(world.url)));
  for (const socket of sockets) socket.say({ type: 'connection_init', payload: ada });

  await eventually(() => sockets.filter(({ closed }) => closed !== null).length === 90);
  using other = await openSocket(world.url);
  await other.greet({ authorization: 'Bearer bob' });

  expect(new Set(sockets.map(({ closed }) => closed?.code))).toEqual(new Set([undefined, 1013]));
  for (const socket of sockets) socket[Symbol.dispose]();
});

test('compression is not negotiated', async () => {
  await using world = await aTransportsWorld();
  using socket = await openSocket(world.url, { perMessageDeflate: true });

  expect(socket.ws.extensions).toBe('');
});

test.each([
  ['another path', 'GET /other HTTP/1.1', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==', 404],
  ['no key', 'GET /graphql HTTP/1.1', 'x-nothing: 1', 400],
  ['another method', 'PUT /graphql HTTP/1.1', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==', 405],
])('an upgrade with %s is refused, and takes no place', async (_, requestLine, header, status) => {
  await using world = await aTransportsWorld({ limits: { open: 1 } });
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));

  socket.write(
    `${requestLine}\r\nhost: ${hostname}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n${header}\r\n\r\n`,
  );
  await eventually(() => socket.readableEnded);

  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
  expect(await statusOf(world, {})).toBe('open');
});
