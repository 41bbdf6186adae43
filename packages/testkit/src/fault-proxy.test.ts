import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

/** A server that says every byte back, and greets when told to. */
async function anEcho() {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      heard.push(bytes.toString());
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy = await startFaultProxy(`tcp://127.0.0.1:${String(port)}`);
  return {
    proxy,
    heard,
    sockets,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Client {
  readonly said: string[];
  readonly socket: Socket;
  isOver: boolean;
}

async function aClient(proxy: FaultProxy): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  const client: Client = { said: [], socket, isOver: false };
  socket.on('data', (bytes) => client.said.push(bytes.toString()));
  socket.on('error', () => undefined).on('close', () => (client.isOver = true));
  await once(socket, 'connect');
  return client;
}

test('an open proxy passes both ways and counts who is there', async () => {
  await using world = await anEcho();
  const [one, two] = [await aClient(world.proxy), await aClient(world.proxy)];

  one.socket.write('hello');

  await eventually(() => expect(one.said.join('')).toBe('hello'));
  await eventually(() => expect([world.proxy.sockets, world.proxy.peak]).toEqual([2, 2]));
  two.socket.destroy();
  await eventually(() => expect(world.proxy.sockets).toBe(1));
  expect(world.proxy.peak).toBe(2);
  world.proxy.forget();
  expect(world.proxy.peak).toBe(1);
});

test('where nobody listens a connection is refused, until healed', async () => {
  await using world = await anEcho();
  const before = await aClient(world.proxy);

  await world.proxy.refuse();

  await eventually(() => expect(before.isOver).toBe(true));
  await expect(aClient(world.proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  world.proxy.heal();
  const after = await eventually(() => aClient(world.proxy));
  after.socket.write('again');
  await eventually(() => expect(after.said.join('')).toBe('again'));
});

test('what a stall held up arrives when healed', async () => {
  await using world = await anEcho();
  const client = await aClient(world.proxy);
  world.proxy.stall();
  client.socket.write('held');

  world.proxy.heal();

  await eventually(() => expect(client.said.join('')).toBe('held'));
});

test('lost replies: the server has heard it, the client hears nothing, and its connection ends when healed', async () => {
  await using world = await anEcho();
  const client = await aClient(world.proxy);
  world.proxy.loseReplies();

  client.socket.write('once');

  await eventually(() => expect(world.heard).toEqual(['once']));
  world.proxy.heal();
  await eventually(() => expect(client.isOver).toBe(true));
  expect(client.said).toEqual([]);
});

test('lost requests: the server hears nothing, what it says on its own arrives', async () => {
  await using world = await anEcho();
  const client = await aClient(world.proxy);
  await eventually(() => expect(world.sockets.size).toBe(1));
  world.proxy.loseRequests();

  for (const socket of world.sockets) socket.write('news');
  await eventually(() => expect(client.said.join('')).toBe('news'));
  client.socket.write('lost');
  await new Promise((resolve) => client.socket.write('too', resolve));

  expect(world.heard).toEqual([]);
});

test('half-open: the server has gone, and its client is not told before healing', async () => {
  await using world = await anEcho();
  const client = await aClient(world.proxy);
  await eventually(() => expect(world.sockets.size).toBe(1));

  world.proxy.halfOpen();

  await eventually(() => expect(world.sockets.size).toBe(0));
  const late = await aClient(world.proxy);
  expect([client.isOver, late.isOver]).toEqual([false, false]);
  world.proxy.heal();
  await eventually(() => expect([client.isOver, late.isOver]).toEqual([true, true]));
});

test('delayed replies come in their order', async () => {
  await using world = await anEcho();
  const client = await aClient(world.proxy);
  world.proxy.delay(50);
  const sentAt = performance.now();

  client.socket.write('first ');
  await eventually(() => expect(world.heard.join('')).toBe('first '));
  client.socket.write('second');

  await eventually(() => expect(client.said.join('')).toBe('first second'));
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(50);
});
