import { newId } from '@tally/kernel';
import { eventually, type ClonedDatabase, startFaultProxy } from '@tally/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { frame, openRawSocket, UpgradeRefusedError, type RawMessage, type RawSocket } from '../src/raw-socket.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols } from '../src/streams/stream-client.ts';
import { freshKeys } from '../src/topologies/keys.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { floodStock, lengthenHistory } from './floods.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { printOnFailure } from './print-on-failure.ts';
import { retainedBytes } from './retained.ts';
import { signToken } from './signed-tokens.ts';
import { unwelcomeDocuments } from './unwelcome-documents.ts';

const stack = new AsyncDisposableStack();
let database: ClonedDatabase;
let system: InOneProcess;
let world: World;
let people: People;
let variantId: string;

beforeAll(async () => {
  database = stack.use(await cloneEmptyShop());
  system = stack.use(await startInOneProcess(database, { production: true }));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ stock: [1_000] });
  variantId = variants[0]?.id ?? '';
}, 60_000);
afterAll(() => stack.disposeAsync(), 60_000);

const open = (options: Parameters<typeof openRawSocket>[1] = {}): Promise<RawSocket> => openRawSocket(system.urls.gateway, options);

async function greeted(token?: string): Promise<RawSocket> {
  const socket = await open();
  await socket.greet(token);
  return socket;
}

const levels = 'subscription Levels($ids: [ID!]!) { inventoryChanged(variantIds: $ids) { sequence available } }';

const codesIn = ({ payload }: RawMessage): readonly unknown[] =>
  (payload as readonly { readonly extensions?: { readonly code?: string } }[]).map(({ extensions }) => extensions?.code);

/** The gateway answers, and nobody is left on it. */
async function isWell(timeoutMs = 5_000): Promise<void> {
  await world.graph.ask('Categories', {});
  await eventually(
    async () => {
      expect(await system.metric('gateway_sockets_active')).toBe(0);
      expect(await system.metric('gateway_subscriptions_active')).toBe(0);
    },
    { timeoutMs },
  );
}

describe('who misbehaves leaves the gateway as it was', () => {
  afterEach(() => isWell());

  test.each([
    ['a foreign page', { origin: 'https://evil.example' }, 403],
    ['a foreign page on our port', { origin: 'http://evil.example:4000' }, 403],
    ['a sandboxed frame or a file', { origin: 'null' }, 403],
    ['no origin that can be read', { origin: 'nonsense' }, 403],
    ['a browser that does not say which page', { 'sec-fetch-mode': 'websocket' }, 403],
  ])('A21 %s is refused at the upgrade', async (_, headers, status) => {
    const refused = await open({ headers }).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(UpgradeRefusedError);
    expect(refused).toMatchObject({ status });
    expect(JSON.parse((refused as UpgradeRefusedError).body)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test('A21 our own page, and what is no browser, may come in', async () => {
    using page = await open({ headers: { origin: system.urls.gateway } });
    using client = await open();

    await page.greet();
    await client.greet();
  });

  const twice = (socket: RawSocket, message: RawMessage): void => {
    socket.say(message);
    socket.say(message);
  };
  const subscribe = (id: unknown): RawMessage =>
    ({ type: 'subscribe', id, payload: { query: levels, variables: { ids: [variantId] } } }) as RawMessage;
  const say = (message: unknown) => (socket: RawSocket) => {
    socket.send(JSON.stringify(message));
  };
  const init = 'connection_init';

  const misbehaviours: readonly (readonly [title: string, code: number, misbehave: (socket: RawSocket) => void | Promise<void>])[] = [
    ['A22 silence', 4408, () => undefined],
    ['A22 a second connection_init', 4429, (socket) => socket.greet().then(() => say({ type: init })(socket))],
    ['A22 two at once', 4429, (socket) => twice(socket, { type: init })],
    ['A22 a subscribe before connection_init', 4401, (socket) => socket.say(subscribe('1'))],
    ['A22 an id that is taken', 4409, (socket) => socket.greet().then(() => twice(socket, subscribe('1')))],
    ['A22 what is not JSON', 4400, (socket) => socket.send('{')],
    ['A22 nothing', 4400, (socket) => socket.send('')],
    ['A22 JSON that is no message', 4400, say([{ type: init }])],
    ['A22 null', 4400, say(null)],
    ['A22 a type that is no text', 4400, say({ type: 1 })],
    ['A22 a type of another protocol', 4400, say({ type: 'start', id: '1', payload: {} })],
    ['A22 a type that objects have', 4400, say({ type: '__proto__' })],
    ['A22 what only a server says', 4400, (socket) => socket.greet().then(() => say({ type: 'next', id: '1', payload: {} })(socket))],
    ['A22 a payload that is no object', 4400, say({ type: init, payload: 'token' })],
    ['A22 an id that is a number', 4400, (socket) => socket.greet().then(() => socket.say(subscribe(1)))],
    ['A22 an id that is empty', 4400, (socket) => socket.greet().then(() => socket.say(subscribe('')))],
    [
      'A22 a query that is no text',
      4400,
      (socket) => socket.greet().then(() => say({ type: 'subscribe', id: '1', payload: { query: {} } })(socket)),
    ],
    [
      'A22 variables that are a list',
      4400,
      (socket) => socket.greet().then(() => say({ type: 'subscribe', id: '1', payload: { query: levels, variables: [1] } })(socket)),
    ],
    ['A22 binary rubbish', 4400, (socket) => socket.send(Buffer.from([0xff, 0x00, 0xfe, 0x01]))],
    ['A22 a frame without a mask', 1002, (socket) => socket.sendBytes(frame({ first: 0x81, payload: Buffer.from('{}'), masked: false }))],
    ['A22 a reserved opcode', 1002, (socket) => socket.sendBytes(frame({ first: 0x83, payload: Buffer.from('{}') }))],
    ['A22 a continuation of nothing', 1002, (socket) => socket.sendBytes(frame({ first: 0x80, payload: Buffer.from('{}') }))],
    ['A22 text that is not UTF-8', 1007, (socket) => socket.sendBytes(frame({ first: 0x81, payload: Buffer.from([0xc3, 0x28]) }))],
    ['A22 an id of 1 MB', 1009, (socket) => socket.greet().then(() => socket.say(subscribe('x'.repeat(1024 * 1024))))],
    ['A25 a message of 10 MB', 1009, (socket) => socket.send('x'.repeat(10 * 1024 * 1024))],
    [
      'A25 a frame that claims 10 MB',
      1009,
      (socket) => socket.sendBytes(frame({ first: 0x81, payload: Buffer.alloc(8), claims: 10 * 1024 * 1024 })),
    ],
    ['A25 fragments without end', 1009, (socket) => socket.sendBytes(fragments())],
    ['A25 a compressed frame', 1002, (socket) => socket.sendBytes(frame({ first: 0xc1, payload: Buffer.alloc(100) }))],
  ];

  /** A message of 100 frames of 1 KB that has no last one. */
  function fragments(): Buffer {
    const payload = Buffer.alloc(1024, 'x');
    return Buffer.concat(Array.from({ length: 100 }, (_, n) => frame({ first: n === 0 ? 0x01 : 0x00, payload })));
  }

  test.each(misbehaviours)('%s closes with %i', async (_, code, misbehave) => {
    using socket = await open();

    await misbehave(socket);

    expect(await socket.ended()).toBe(code);
  });

  test('A22 a bad token closes with 4403, whatever is wrong with it', async () => {
    const elsewhere = await createPeople(world.graph, (await freshKeys()).users).token();
    const { token: old } = await signToken(system.keys.users, newId('usr'), -60_000);
    const audience = await people.token({ audience: 'orders' });
    const good = await people.token();
    const values = [
      'nonsense',
      'Bearer ',
      `Bearer ${'x'.repeat(5_000)}`,
      good,
      `Basic ${good}`,
      `Bearer ${elsewhere}`,
      `Bearer ${old}`,
      `Bearer ${audience}`,
      `Bearer ${good}x`,
      1,
      {},
      [good],
    ];

    for (const authorization of values) {
      using socket = await open();
      socket.say({ type: 'connection_init', payload: { authorization } });
      expect(await socket.ended(), JSON.stringify(authorization)).toBe(4403);
      expect(socket.messages).toEqual([]);
    }
  });

  test('A25 compression is not negotiated', async () => {
    using socket = await open({ compression: true });

    expect(socket.extensions).toBe('');
    await socket.greet();
  });

  const wrong: readonly (readonly [document: string, code: string])[] = [
    ['mutation { logout }', 'BAD_REQUEST'],
    ['{ me { id } }', 'BAD_REQUEST'],
    ['{ __typename }', 'BAD_REQUEST'],
    ['{ __schema { types { name } } }', 'BAD_REQUEST'],
    ['{ __type(name: "Order") { name } }', 'BAD_REQUEST'],
    ['subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { orderStatusChangd(orderId: "1") { sequence } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { myOrdersChanged { sequence } } mutation { logout }', 'GRAPHQL_VALIDATION_FAILED'],
  ];

  test('A8 over a socket mutations and queries are refused and have no effect, introspection among them', async () => {
    const token = await people.token();
    using socket = await greeted(token);

    for (const [document, code] of wrong) {
      socket.subscribe(document, document);
      const error = await socket.heard('error', document);
      expect(new Set(codesIn(error)), document).toEqual(new Set([code]));
    }
    expect(socket.messages.filter(({ type }) => type === 'next')).toEqual([]);
    expect((await world.graph.send('Account', {}, { token })).errors).toEqual([]);
    expect(socket.closed).toBeNull();
  });

  test.each(unwelcomeDocuments)('%s: refused alike over HTTP, events and sockets, without a stream', async (_, query, code) => {
    const token = await people.token();
    using socket = await greeted(token);

    socket.subscribe('1', query);
    const overSocket = codesIn(await socket.heard('error', '1'));
    const body = JSON.stringify({ query });
    const plain = await world.graph.post(body, { token });
    const events = await world.graph.post(body, { token, headers: { accept: 'text/event-stream' } });

    expect(overSocket).toContain(code);
    for (const { status, errors } of [plain, events]) {
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(overSocket);
      expect(status).toBe(400);
    }
    expect(socket.closed).toBeNull();
  });

  test('A24 of 1,000 subscriptions on one socket 100 are opened and each other one is refused by itself', async () => {
    using socket = await greeted();

    for (let n = 0; n < 1_000; n += 1) socket.subscribe(String(n), levels, { ids: [variantId] });
    await eventually(() => socket.messages.length === 1 + 1_000, { timeoutMs: 15_000 });

    const refused = socket.messages.filter(({ type }) => type === 'error');
    expect(refused.map(codesIn)).toEqual(Array.from({ length: 900 }, () => ['LIMIT_EXCEEDED']));
    expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(100);
    expect(await system.metric('gateway_subscriptions_active')).toBe(100);
    socket.say({ type: 'complete', id: '0' });
    socket.subscribe('again', levels, { ids: [variantId] });
    await socket.heard('next', 'again');
  });

  test('A24 of 11 connections of a user one is sent away, whatever its protocol; a place that is left is free', async () => {
    const [token, other] = [await people.token(), await people.token()];
    using held = new DisposableStack();
    const sockets = [];
    for (let n = 0; n < 10; n += 1) sockets.push(held.use(await greeted(token)));

    using eleventh = await open();
    eleventh.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect(await eleventh.ended()).toBe(1013);
    const events = await world.graph.post(JSON.stringify({ query: 'subscription { myOrdersChanged { sequence } }' }), {
      token,
      headers: { accept: 'text/event-stream' },
    });
    expect([events.status, events.errors[0]?.extensions?.code]).toEqual([429, 'RATE_LIMITED']);
    held.use(await greeted(other));

    sockets[0]?.[Symbol.dispose]();
    await eventually(async () => {
      using socket = await open();
      await socket.greet(token);
    });
    expect(sockets.slice(1).map(({ closed }) => closed)).toEqual(sockets.slice(1).map(() => null));
  });
});

describe('who does not read is nobody’s burden', () => {
  /** Who is left to be ended. */
  const residents = new AsyncDisposableStack();
  afterAll(() => residents.disposeAsync());

  test('A25 clients that do not read cost a few MB while 20,000 events pass, and have the newest level once they read on', async () => {
    printOnFailure(() => system.logs());
    const halfOpen = residents.use(await startFaultProxy(system.urls.gateway));
    const gone = residents.use(await openRawSocket(halfOpen.through(system.urls.gateway).replace(/\/$/, '')));
    await gone.greet();
    gone.subscribe('1', levels, { ids: [variantId] });
    await gone.heard('next');
    halfOpen.stall();
    const sleeper = residents.use(await greeted());
    for (let n = 0; n < 100; n += 1) sleeper.subscribe(String(n), levels, { ids: [variantId] });
    await eventually(() => sleeper.messages.length === 101);
    const clients = [...protocols, ...protocols].map((protocol) => residents.use(openStreams(protocol, { url: system.urls.gateway })));
    const streams = clients.map((client) => client.subscribe<Level>(fatLevels, { ids: [variantId] }));
    const present = await floodSurely(0, 500);
    await eventually(() => streams.every((stream) => stream.lastSequence === present));
    sleeper.pause();
    for (const stream of streams) stream.pause();

    const before = retainedBytes();
    const newest = await floodSurely(present, 20_000);
    const cost = retainedBytes() - before;
    const returning = streams.slice(0, protocols.length);
    for (const stream of returning) stream.proceed();
    await eventually(() => returning.every((stream) => stream.lastSequence === newest), { timeoutMs: 30_000 });

    expect(cost).toBeLessThan(32 * 1024 * 1024);
    expect(await system.metric('gateway_overflow_total', { policy: 'LATEST' })).toBeGreaterThan(0);
    for (const stream of returning) {
      const sequences = stream.events.map(({ sequence }) => sequence ?? 0);
      expect(sequences.length).toBeLessThan(20_000);
      expect(sequences.every((sequence, index) => index === 0 || sequence > (sequences[index - 1] ?? 0))).toBe(true);
    }
    for (const client of clients.slice(0, protocols.length)) await client[Symbol.asyncDispose]();
  });

  test('A25 where every event matters a slow client loses its stream with the last sequence, after which it gets the rest', async () => {
    printOnFailure(() => system.logs());
    const shopper = await people.buyer();
    await shopper.addPaymentMethod('tok_ok');
    const { id: orderId } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
    await shopper.until(orderId, 'PROCESSING');
    await using clients = new AsyncDisposableStack();
    const streams = protocols.map((protocol) =>
      clients.use(openStreams(protocol, { url: system.urls.gateway, token: shopper.token })).subscribe<Step>(steps, { orderId }),
    );
    await eventually(() => streams.every((stream) => stream.lastSequence === 4));
    for (const stream of streams) stream.pause();

    const order = { id: orderId, buyerId: shopper.id, sequence: 4 };
    await lengthenHistory(database, system.platform.eventLog, order, { steps: 6_000, noteLength: 8_000 });
    await eventually(
      async () => {
        expect(await system.metric('gateway_subscriptions_ended_total', { reason: 'slow_consumer' })).toBe(3);
      },
      { timeoutMs: 30_000 },
    );
    for (const stream of streams) stream.proceed();
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    const rest = streams.map((stream) => stream.resume());
    await eventually(() => rest.every((stream) => stream.lastSequence === 6_004), { timeoutMs: 30_000 });

    for (const [index, { reason, errors }] of ends.entries()) {
      const lastSequence = streams[index]?.lastSequence;
      expect(reason).toBe('failed');
      expect(errors).toMatchObject([{ extensions: { code: 'SLOW_CONSUMER', lastSequence } }]);
      const seen = [...(streams[index]?.events ?? []), ...(rest[index]?.events ?? [])].map(({ sequence }) => sequence);
      expect(seen).toEqual(Array.from({ length: 6_001 }, (_, n) => n + 4));
    }
  });

  test('A25 a client that takes nothing for 30 s is ended, and so is a connection that leads nowhere', async () => {
    await isWell(60_000);
    const ended = (reason: string) => system.metric('gateway_sockets_rejected_total', { reason });
    const [slow, silent] = [await ended('slow'), await ended('silent')];
    // The sleeper is one or the other: its levels may fit into the buffers of the kernel, and then it only leaves pings unanswered.
    expect([slow + silent, slow >= 3, silent >= 1]).toEqual([5, true, true]);
  });
});

const steps = `subscription Steps($orderId: ID!, $afterSequence: Int) { orderStatusChanged(orderId: $orderId, afterSequence: $afterSequence) { sequence note } }`;

/** Results of some 5 KB, more than the system would keep for a client by itself. */
const fatLevels = `subscription Fat($ids: [ID!]!) { inventoryChanged(variantIds: $ids) { sequence ${Array.from({ length: 12 }, (_, n) => `${'a'.repeat(400)}${String(n)}: occurredAt`).join(' ')} } }`;

interface Level {
  readonly inventoryChanged: { readonly sequence: number };
}
interface Step {
  readonly orderStatusChanged: { readonly sequence: number };
}

/** Puts so many levels on the log and waits until they have passed the gateway. @returns the newest sequence. */
async function floodSurely(after: number, count: number): Promise<number> {
  await using client = openStreams('websocket', { url: system.urls.gateway });
  const reader = client.subscribe<Level>(levels, { ids: [variantId] });
  await reader.next();
  const from = after === 0 ? (reader.lastSequence ?? 0) : after;
  await floodStock(system.platform.eventLog, variantId, from, count);
  await eventually(() => reader.lastSequence === from + count, { timeoutMs: 30_000 });
  return from + count;
}
