import { eventually, startFaultProxy, type FaultProxy } from '@tally/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { createWebSocketStreams } from '../src/streams/websocket.ts';
import { startAsProcesses } from '../src/topologies/as-processes.ts';
import { logOut, refresh, signInOn, type Device } from './devices.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { printOnFailure } from './print-on-failure.ts';
import { startSecondGateway } from './second-gateway.ts';
import { signToken } from './signed-tokens.ts';
import { howItEnded, watch } from './watchers.ts';

const stack = new AsyncDisposableStack();
let proxy: FaultProxy;
let system: InOneProcess;
let world: World;
let people: People;
let variantId: string;
let aheadMs = 0;

/** Within so much of its cause a stream has ended. */
const endedWithinMs = 5_000;
const expired = ['closed 4403', 'failed TOKEN_EXPIRED', 'failed TOKEN_EXPIRED'];
const signedOut = ['closed 4403', 'failed UNAUTHENTICATED', 'failed UNAUTHENTICATED'];
const refusedTo = ['closed 4403', 'failed 401 UNAUTHENTICATED', 'failed 401 UNAUTHENTICATED'];

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  const { urls } = database;
  proxy = stack.use(await startFaultProxy(urls.event_log.app));
  const throughProxy = { ...urls, event_log: { ...urls.event_log, app: proxy.through(urls.event_log.app) } };
  system = stack.use(await startInOneProcess({ urls: throughProxy }, { clock: () => new Date(Date.now() + aheadMs) }));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
  variantId = await aVariant(people);
}, 60_000);
afterAll(() => stack.disposeAsync(), 60_000);

async function aVariant({ staff }: People): Promise<string> {
  const { variants } = await (await staff()).createProduct({ stock: [1_000] });
  return variants[0]?.id ?? '';
}

/** An order that rests: nothing happens to it by itself any more. */
async function anOrder(shopper: Shopper): Promise<string> {
  await shopper.addPaymentMethod('tok_ok');
  const { id } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
  await shopper.until(id, 'PROCESSING');
  return id;
}

/** Moves a resting order by two steps. */
async function deliver(shopper: Shopper, orderId: string, { staff }: People = people): Promise<void> {
  const { lines } = await shopper.orderPage(orderId);
  await (
    await staff()
  ).deliver(
    orderId,
    lines.map(({ id }) => id),
  );
}

const follow = (shopper: { readonly token: string }, orderId: string, afterSequence: number | null = null) =>
  watch(system.urls.gateway, shopper.token, 'TrackOrder', { orderId }, afterSequence);

test('A23 a token that runs out ends its streams within 5 s, and nothing is delivered after', async () => {
  printOnFailure(() => system.logs());
  const shopper = await people.buyer();
  const orderId = await anOrder(shopper);
  const { token, expiresAt } = await signToken(system.keys.users, shopper.id, 4_000);
  await using brief = follow({ token }, orderId);
  await using lasting = follow(shopper, orderId);
  for (const watchers of [brief, lasting]) await watchers.saw(({ orderStatusChanged: { status } }) => status === 'PROCESSING');

  const ends = await brief.ended();
  await deliver(shopper, orderId);
  await lasting.saw(({ orderStatusChanged: { status } }) => status === 'DELIVERED');

  expect(ends.map(({ how }) => how)).toEqual(expired);
  for (const { at } of ends) {
    expect(at).toBeGreaterThanOrEqual(expiresAt.getTime());
    expect(at - expiresAt.getTime()).toBeLessThan(endedWithinMs);
  }
  expect(brief.sequences()).toEqual([[4], [4], [4]]);
  await using back = follow(shopper, orderId, 4);
  await back.saw(({ orderStatusChanged: { status } }) => status === 'DELIVERED');
  expect(back.sequences()).toEqual([
    [5, 6],
    [5, 6],
    [5, 6],
  ]);
});

const causes: readonly { readonly title: string; readonly end: (own: Device) => Promise<void>; readonly everywhere: boolean }[] = [
  { title: 'a logout ends the streams of its session', everywhere: false, end: ({ shopper }) => logOut(world.graph, shopper.token) },
  {
    title: 'a used refresh token that comes back ends the streams of its session',
    everywhere: false,
    async end({ refreshToken }) {
      expect((await refresh(world.graph, refreshToken)).userErrors).toEqual([]);
      aheadMs = 10_001;
      const { userErrors } = await refresh(world.graph, refreshToken).finally(() => (aheadMs = 0));
      expect(userErrors).toMatchObject([{ code: 'SESSION_REVOKED' }]);
    },
  },
  {
    title: 'a logout of all devices ends the streams of all sessions of its user',
    everywhere: true,
    end: ({ shopper }) => logOut(world.graph, shopper.token, true),
  },
];

test.each(causes)('A23 $title within 5 s, and of no other; the session is refused from then on', async ({ end, everywhere }) => {
  printOnFailure(() => system.logs());
  const [own, other] = await signInOn(2, world.graph);
  if (own === undefined || other === undefined) throw new Error('two devices were asked for');
  const orderId = await anOrder(own.shopper);
  const neighbour = await people.buyer();
  const neighboursOrder = await anOrder(neighbour);
  await using onOwn = follow(own.shopper, orderId);
  await using onOther = follow(other.shopper, orderId);
  await using nextDoor = follow(neighbour, neighboursOrder);
  const [ending, going] = everywhere ? [[onOwn, onOther], [nextDoor]] : [[onOwn], [onOther, nextDoor]];
  for (const watchers of [...ending, ...going]) await watchers.saw(({ orderStatusChanged: { status } }) => status === 'PROCESSING');

  await end(own);
  const endedAt = Date.now();
  const ends = (await Promise.all(ending.map((watchers) => watchers.ended()))).flat();
  await using refused = follow(own.shopper, orderId);
  const lookUps = await Promise.all([own, other].map(({ shopper }) => shopper.lookUp(orderId)));
  await deliver(neighbour, neighboursOrder);
  await (await people.staff()).deliver(orderId, await lineIdsOf(orderId));
  for (const watchers of going) await watchers.saw(({ orderStatusChanged: { status } }) => status === 'DELIVERED');

  expect(ends.map(({ how }) => how)).toEqual(ending.flatMap(() => signedOut));
  for (const { at } of ends) expect(at - endedAt).toBeLessThan(endedWithinMs);
  expect(ending.map((watchers) => watchers.sequences())).toEqual(ending.map(() => [[4], [4], [4]]));
  expect((await refused.ended()).map(({ how }) => how)).toEqual(refusedTo);
  const unauthenticated = [401, ['UNAUTHENTICATED']];
  expect(lookUps.map(({ status, errors }) => [status, errors.map(({ extensions }) => extensions?.code)])).toEqual([
    unauthenticated,
    everywhere ? unauthenticated : [200, []],
  ]);
});

/** As staff see them: whose order it is may be signed out. */
async function lineIdsOf(orderId: string): Promise<readonly string[]> {
  const { token } = await people.staff();
  const { order } = await world.graph.ask('OrderPage', { id: orderId }, { token });
  return (order?.lines ?? []).map(({ id }) => id);
}

test('A23 a ping with a fresh token of the same user outlives the old one; with a token of somebody else it closes the socket', async () => {
  printOnFailure(() => system.logs());
  const [shopper, stranger] = [await people.buyer(), await people.buyer()];
  const orderId = await anOrder(shopper);
  const { token, expiresAt } = await signToken(system.keys.users, shopper.id, 6_000);
  await using stays = createWebSocketStreams({ url: system.urls.gateway, token });
  await using runsOut = createWebSocketStreams({ url: system.urls.gateway, token });
  await using changesHands = createWebSocketStreams({ url: system.urls.gateway, token });
  const [staying, old, foreign] = [
    stays.open('TrackOrder', { orderId }),
    runsOut.open('TrackOrder', { orderId }),
    changesHands.open('TrackOrder', { orderId }),
  ];
  await eventually(() => [staying, old, foreign].every(({ events }) => events.length === 1));

  stays.renew(shopper.token);
  changesHands.renew(stranger.token);
  const handedOver = howItEnded(await foreign.ended);
  const before = Date.now();
  const ranOut = howItEnded(await old.ended);
  await deliver(shopper, orderId);
  await eventually(() => staying.lastSequence === 6);

  expect([handedOver, ranOut]).toEqual(['closed 4403', 'closed 4403']);
  expect(before).toBeLessThan(expiresAt.getTime());
  expect([old, foreign].map(({ lastSequence }) => lastSequence)).toEqual([4, 4]);
});

test('while the event log is away new streams are refused, open ones stay and queries are answered; back again it loses nothing', async () => {
  printOnFailure(() => system.logs());
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  await using open = watch(system.urls.gateway, shopper.token, 'MyOrders', {}, 0);
  const placed = [await anOrder(shopper)];
  await open.saw(({ myOrdersChanged: { sequence } }) => sequence === 4);

  onTestFinished(() => {
    proxy.heal();
  });
  proxy.cut();
  await eventually(() => system.logs().includes('"the event log is away"'), { timeoutMs: 20_000 });
  await using refused = watch(system.urls.gateway, shopper.token, 'MyOrders', {}, 0);
  const refusals = (await refused.ended()).map(({ how }) => how);
  placed.push((await shopper.order({ lines: [{ variantId, quantity: 1 }] })).id);
  expect((await shopper.statusOf(placed[1] ?? '')).status).toBe('PENDING');
  expect(open.sequences()).toEqual([1, 2, 3].map(() => [1, 2, 3, 4]));
  proxy.heal();
  await shopper.until(placed[1] ?? '', 'PROCESSING');
  await open.saw(({ myOrdersChanged: { sequence } }) => sequence === 8);

  expect(refusals).toEqual(['failed EVENTS_UNAVAILABLE', 'failed 503 EVENTS_UNAVAILABLE', 'failed 503 EVENTS_UNAVAILABLE']);
  expect(open.sequences()).toEqual([1, 2, 3].map(() => [1, 2, 3, 4, 5, 6, 7, 8]));
  await using fresh = watch(system.urls.gateway, shopper.token, 'MyOrders', {}, 4);
  await fresh.saw(({ myOrdersChanged: { sequence } }) => sequence === 8);
});

test('the first of those who share a stream leaves without silencing the rest, and after the last nothing stays open', async () => {
  printOnFailure(() => system.logs());
  const own = await aVariant(people);
  const active = (): Promise<number> => system.metric('gateway_subscriptions_active');
  await eventually(async () => (await active()) === 0);
  await using first = watch(system.urls.gateway, undefined, 'WatchStock', { variantIds: [own] });
  await first.saw(({ inventoryChanged: { available } }) => available === 1_000);
  await using rest = watch(system.urls.gateway, undefined, 'WatchStock', { variantIds: [own] });
  await rest.saw(({ inventoryChanged: { available } }) => available === 1_000);
  expect(await active()).toBe(6);

  await first[Symbol.asyncDispose]();
  await eventually(async () => (await active()) === 3);
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  await shopper.order({ lines: [{ variantId: own, quantity: 1 }] });
  await rest.saw(({ inventoryChanged: { available } }) => available === 999);
  await rest[Symbol.asyncDispose]();

  // No event comes that could wake anything.
  await eventually(async () => (await active()) === 0);
  expect(await system.metric('gateway_sockets_active')).toBe(0);
});

test('clients of a gateway that stops go on at another without a hole', async () => {
  await using database = await cloneEmptyShop();
  await using shop = await startAsProcesses(database);
  await using second = await startSecondGateway(shop, database);
  printOnFailure(() => `${shop.logs()}\n${second.logs()}`);
  await using outside = openWorld(shop.urls);
  const others = createPeople(outside.graph, shop.keys.users);
  const variant = await aVariant(others);
  const shopper = await others.buyer();
  await shopper.addPaymentMethod('tok_ok');
  const { id: orderId } = await shopper.order({ lines: [{ variantId: variant, quantity: 1 }] });
  await using before = watch(second.url, shopper.token, 'TrackOrder', { orderId }, 0);
  await shopper.until(orderId, 'PROCESSING');
  await before.saw(({ orderStatusChanged: { status } }) => status === 'PENDING');

  const [{ code }, ends] = await Promise.all([second.stop(), before.ended(), deliver(shopper, orderId, others)]);
  const lasts = before.streams.map(({ lastSequence }) => lastSequence);
  await using after = watch(shop.urls.gateway, shopper.token, 'TrackOrder', { orderId }, lasts);
  // Who had seen everything before is told nothing.
  await Promise.all(after.streams.map((stream, index) => eventually(() => (lasts[index] ?? 0) === 6 || stream.lastSequence === 6)));

  expect(code).toBe(0);
  expect(ends.map(({ how }) => how)).toEqual(['closed 1001', 'cut', 'completed']);
  const seen = before.sequences().map((sequences, index) => [...sequences, ...(after.sequences()[index] ?? [])]);
  expect(seen).toEqual([1, 2, 3].map(() => [1, 2, 3, 4, 5, 6]));
  await using client = openStreams('sse', { url: second.url, token: shopper.token });
  expect((await client.open('TrackOrder', { orderId }).ended).reason).toBe('cut');
});
