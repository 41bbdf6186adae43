import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols, type EventStream } from '../src/streams/stream-client.ts';
import { askOnTheWire, type WireAnswer } from '../src/streams/wire-answer.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { attempts, eventOnly, everyOtherScope, missingId, track, type Attempt } from './foreign-streams.ts';
import { limitsFor, loopbackAddress } from './loopback-address.ts';
import { printOnFailure } from './print-on-failure.ts';

const stack = new AsyncDisposableStack();
let system: InOneProcess;
let world: World;
let people: People;
let variantId: string;

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  system = stack.use(await startInOneProcess(database, { limits: limitsFor }));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ stock: [1_000] });
  variantId = variants[0]?.id ?? '';
}, 120_000);
afterAll(() => stack.disposeAsync(), 60_000);

/** Somebody with an order that is paid for. */
async function aBuyer(): Promise<{ readonly shopper: Shopper; readonly orderId: string }> {
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  const { id: orderId } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
  await shopper.until(orderId, 'PROCESSING');
  return { shopper, orderId };
}

describe.each(protocols)('over %s', (protocol) => {
  const openAs = (token: string | undefined) => openStreams(protocol, { url: system.urls.gateway, token, localAddress: loopbackAddress });
  const ask = async (by: Attempt['by'], query: string, variables: Readonly<Record<string, unknown>>): Promise<WireAnswer> =>
    askOnTheWire(protocol, {
      url: system.urls.gateway,
      token: by === 'nobody' ? undefined : await people.token({ scopes: by }),
      query,
      variables,
    });

  test('A10 (stream): who may not see it is refused with its code, and hears nothing when it happens', async () => {
    printOnFailure(() => system.logs());
    const { shopper, orderId } = await aBuyer();
    await using opened = new AsyncDisposableStack();
    const answers: Record<string, WireAnswer> = {};
    for (const [title, { by, query, variables }] of Object.entries(attempts))
      answers[title] = opened.use(await ask(by, query, variables?.({ orderId, buyerId: shopper.id }) ?? {}));
    // They may listen, but only to what is their own.
    const stranger = opened.use(openAs(await people.token({ scopes: ['orders:read:any', 'notifications:manage'] })));
    const own = [stranger.open('MyOrders', {}, { resumeAfter: 0 }), stranger.open('NotificationFeed', {}, { resumeAfter: 0 })];
    const refusals = saidBy(answers);
    const witness = opened.use(openAs(shopper.token));
    const [order, orders, notifications] = [
      witness.open('TrackOrder', { orderId }),
      witness.open('MyOrders', {}),
      witness.open('NotificationFeed', {}),
    ];

    await shopper.cancel(orderId);
    await readUntil(order, ({ orderStatusChanged }) => orderStatusChanged.status === 'CANCELLED');
    await readUntil(orders, ({ myOrdersChanged }) => myOrdersChanged.status === 'CANCELLED');
    await readUntil(notifications, ({ notificationReceived }) => notificationReceived.notification?.template === 'REFUNDED');

    expect(Object.fromEntries(Object.entries(refusals).map(([title, said]) => [title, codesIn(said)]))).toEqual(
      Object.fromEntries(Object.entries(attempts).map(([title, { code }]) => [title, [code]])),
    );
    expect(saidBy(answers)).toEqual(refusals);
    for (const said of Object.values(refusals)) expect(said).not.toMatch(/"data":\{|CANCEL|PROCESSING/);
    expect(own.map(({ events }) => events)).toEqual([[], []]);
  });

  test.each([null, 0, 1_000])(
    'A10 (stream): after sequence %s, another’s order answers like none, byte for byte',
    async (afterSequence) => {
      const { orderId } = await aBuyer();

      for (const by of [[], everyOtherScope]) {
        await using foreign = await ask(by, track, { orderId, afterSequence });
        await using missing = await ask(by, track, { orderId: missingId(), afterSequence });

        expect(withoutIds(foreign.said())).toBe(withoutIds(missing.said()));
        expect(codesIn(foreign.said())).toEqual(['NOT_FOUND']);
      }
    },
  );

  test('staff with orders:read:any follow another’s order, with all of its fields that are theirs to see', async () => {
    const { shopper, orderId } = await aBuyer();
    await using client = openAs(await people.token({ scopes: ['orders:read:any'] }));
    const [whole, live, bare] = [
      client.open('TrackOrder', { orderId }, { resumeAfter: 0 }),
      client.open('TrackOrder', { orderId }),
      client.subscribe<{ readonly orderStatusChanged: { readonly status: string } }>(eventOnly, { orderId }),
    ];
    expect([await live.next(), await bare.next()]).toMatchObject([{ sequence: 4 }, { sequence: 4 }]);

    await shopper.cancel(orderId);
    for (const stream of [whole, live, bare])
      await readUntil(stream, ({ orderStatusChanged }) => orderStatusChanged.status === 'CANCELLED');

    const { timeline } = await shopper.orderPage(orderId);
    expect(whole.events.map(({ data }) => data.orderStatusChanged.status)).toEqual(timeline.map(({ status }) => status));
    for (const stream of [live, bare])
      expect(stream.events.map(({ sequence }) => sequence)).toEqual(timeline.slice(3).map(({ sequence }) => sequence));
    for (const { data, errors } of [...whole.events, ...live.events]) {
      expect(errors).toEqual([]);
      expect(data.orderStatusChanged.order).toMatchObject({ id: orderId, shipments: [], paymentStatus: null });
    }
  });

  test.each(['the buyer', 'staff'])('A31: buyer and staff who send the same each get their own view, and %s is first', async (first) => {
    const { shopper, orderId } = await aBuyer();
    await using buyer = openAs(shopper.token);
    await using staff = openAs(await people.token({ scopes: ['orders:read:any'] }));
    const clients = first === 'staff' ? [staff, buyer] : [buyer, staff];
    const streams = new Map<
      typeof buyer,
      EventStream<{ readonly orderStatusChanged: { readonly status: string; readonly order: unknown } }>
    >();
    for (const client of clients) {
      const stream = client.open('TrackOrder', { orderId });
      streams.set(client, stream);
      expect((await stream.next())?.sequence).toBe(4);
    }

    await shopper.cancel(orderId);
    for (const stream of streams.values()) await readUntil(stream, ({ orderStatusChanged }) => orderStatusChanged.status === 'CANCELLED');

    const views = (client: typeof buyer) => streams.get(client)?.events.map(({ data }) => data.orderStatusChanged.order);
    expect(views(staff)).toMatchObject(Array.from({ length: 3 }, () => ({ id: orderId, paymentStatus: null })));
    expect(views(buyer)).toMatchObject(Array.from({ length: 3 }, () => ({ id: orderId, paymentStatus: expect.any(String) as string })));
  });

  test('A31: on results that one pipeline has made for buyer and staff, a third who sends the same is refused', async () => {
    const { shopper, orderId } = await aBuyer();
    await using buyer = openAs(shopper.token);
    await using staff = openAs(await people.token({ scopes: ['orders:read:any'] }));
    const [left, stays] = [buyer.subscribe(eventOnly, { orderId }), staff.subscribe<StatusOnly>(eventOnly, { orderId })];
    for (const stream of [left, stays]) expect((await stream.next())?.sequence).toBe(4);

    await using third = await ask([], eventOnly, { orderId });
    const refusal = third.said();
    left.leave();
    await shopper.cancel(orderId);
    await readUntil(stays, ({ orderStatusChanged }) => orderStatusChanged.status === 'CANCELLED');

    expect(codesIn(refusal)).toEqual(['NOT_FOUND']);
    expect(third.said()).toBe(refusal);
    expect(left.events).toHaveLength(1);
  });

  test('A31: two who send the same feeds get what is their own', async () => {
    const both = await Promise.all([aBuyer(), aBuyer()]);
    await using clients = new AsyncDisposableStack();
    const listening = both.map(({ shopper, orderId }) => {
      const client = clients.use(openAs(shopper.token));
      return {
        shopper,
        orderId,
        orders: client.open('MyOrders', {}, { resumeAfter: 0 }),
        notifications: client.open('NotificationFeed', {}, { resumeAfter: 0 }),
      };
    });

    await Promise.all(listening.map(({ shopper, orderId }) => shopper.cancel(orderId)));
    for (const { orders, notifications, orderId } of listening) {
      await readUntil(orders, ({ myOrdersChanged }) => myOrdersChanged.status === 'CANCELLED');
      await readUntil(notifications, ({ notificationReceived }) => notificationReceived.notification?.template === 'REFUNDED');
      expect(orders.events.map(({ data }) => data.myOrdersChanged.order?.id)).toEqual(Array.from({ length: 6 }, () => orderId));
      expect(notifications.events.map(({ data }) => data.notificationReceived.notification?.order?.id)).toEqual([orderId, orderId]);
    }
  });
});

interface StatusOnly {
  readonly orderStatusChanged: { readonly status: string };
}

async function readUntil<Data extends object>(stream: EventStream<Data>, isLast: (data: Data) => boolean): Promise<void> {
  for (;;) {
    const event = await stream.next();
    if (event === null) throw new Error(`the stream ended: ${JSON.stringify(await stream.ended)}`);
    if (isLast(event.data)) return;
  }
}

const saidBy = (answers: Readonly<Record<string, WireAnswer>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(answers).map(([title, answer]) => [title, answer.said()]));

const codesIn = (said: string): readonly string[] => [...said.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code);

/** Order ids and trace ids have 32 hexadecimal digits. */
const withoutIds = (said: string): string => said.replaceAll(/[0-9a-f]{32}/g, '…');
