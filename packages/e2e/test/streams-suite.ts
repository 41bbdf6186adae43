import { describe, expect, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { createRandom, type Random } from '@tally/kernel';
import type { OrderStep } from '../src/streams/answers.ts';
import { follow } from '../src/streams/follow.ts';
import { followOrder } from '../src/streams/follow-order.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols, type Protocol, type StreamClient } from '../src/streams/stream-client.ts';
import { loopbackAddress } from './loopback-address.ts';
import { fates, type Fate, type FateName, type Wares } from './order-fates.ts';
import { printOnFailure } from './print-on-failure.ts';
import type { Shop } from './set-ups.ts';

/** A shop, and people to meet in it. */
export interface StreamShop extends Shop {
  readonly people: People;
}

/** The orders of each buyer, all under way at once. */
const buyers: readonly (readonly FateName[])[] = [
  ['delivered', 'declined', 'rejected'],
  ['deliveredLate', 'cancelled', 'declined'],
  ['cancelled', 'rejected', 'delivered'],
];
const reconnectsEach = 16;

/**
 * Every event of several buyers with several orders reaches its stream once and in order, on each protocol, over reconnects at random moments.
 * `STREAMS_SEED` repeats the moments of a run.
 */
export function losesNothing(opened: () => Shop): () => StreamShop {
  const withPeople = (): StreamShop => {
    const shop = opened();
    return { ...shop, people: createPeople(shop.world.graph, shop.system.keys.users) };
  };

  describe.each(protocols)('over %s', (protocol) => {
    test('every event of three buyers reaches them once and in order, over 50 reconnects and more', async () => {
      const shop = withPeople();
      const seed = Number(process.env['STREAMS_SEED'] ?? Date.now() >>> 0);
      printOnFailure(() => `seed ${String(seed)}\n${shop.system.logs()}`);
      const wares = await stocked(shop);

      const reconnects = await Promise.all(buyers.map((names, index) => followedBuyer(shop, { protocol, wares, names, index, seed })));

      expect(reconnects.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(50);
    });
  });
  return withPeople;
}

async function stocked({ people }: StreamShop): Promise<Wares> {
  const { variants } = await (await people.staff()).createProduct({ stock: [50, 1] });
  const [plenty = '', last = ''] = variants.map(({ id }) => id);
  return { plenty, last };
}

interface Buyer {
  readonly protocol: Protocol;
  readonly wares: Wares;
  readonly names: readonly FateName[];
  readonly index: number;
  readonly seed: number;
}

/** What the timeline of an order page holds. */
type TimelineStep = Pick<OrderStep, 'sequence' | 'previous' | 'status' | 'note' | 'occurredAt'>;

interface Placed {
  readonly id: string;
  readonly fate: Fate;
}

interface Streams {
  readonly orders: readonly Placed[];
  readonly random: Random;
}

/** One buyer with all their orders and streams. @returns how often the streams of the orders came back. */
async function followedBuyer(shop: StreamShop, { protocol, wares, names, index, seed }: Buyer): Promise<number> {
  const shopper = await shop.people.buyer();
  const staff = await shop.people.staff();
  const randomOf = (stream: number): Random => createRandom(seed + index * 100 + stream);
  await using client = openStreams(protocol, {
    url: shop.system.urls.gateway,
    token: shopper.token,
    localAddress: loopbackAddress,
  });
  const orders = await Promise.all(names.map((name) => placed(shopper, fates[name], wares)));

  const [, , ...followed] = await Promise.all([
    followedAll(client, shopper, { orders, random: randomOf(98) }),
    followedNotifications(client, shopper, { shop, orders, random: randomOf(99) }),
    ...orders.map(async ({ id, fate: { until, happens } }, stream) => {
      const [saw] = await Promise.all([
        followOrder(client, { orderId: id, random: randomOf(stream), reconnects: reconnectsEach, until }),
        happens?.({ shopper, staff, orderId: id }),
      ]);
      const timeline = await timelineOf(shopper, id);
      expect(
        saw.steps.map(({ sequence, previous, status, note, occurredAt }) => ({ sequence, previous, status, note, occurredAt })),
      ).toEqual(timeline);
      expect(saw.steps.map(({ order }) => order?.id)).toEqual(timeline.map(() => id));
      expect(saw.sentAway).toBe(0);
      return saw.reconnects;
    }),
  ]);
  return followed.reduce((sum, count) => sum + count, 0);
}

async function placed(shopper: Shopper, fate: Fate, wares: Wares): Promise<Placed> {
  const { card, quantity, ware } = fate;
  const paymentMethodId = await shopper.addPaymentMethod(card);
  const { id } = await shopper.order({ lines: [{ variantId: wares[ware], quantity }], paymentMethodId });
  return { id, fate };
}

/** The stream of a buyer has the steps of all timelines, each order's in its order, numbered through. */
async function followedAll(client: StreamClient, shopper: Shopper, { orders, random }: Streams): Promise<void> {
  const { steps, sentAway } = await follow(client, {
    operation: 'MyOrders',
    variables: {},
    random,
    reconnects: reconnectsEach,
    over: (seen) => orders.every(({ id, fate }) => seen.some(({ order, status }) => order?.id === id && status === fate.until)),
  });
  for (const { id } of orders) {
    const timeline = await timelineOf(shopper, id);
    expect(steps.filter(({ order }) => order?.id === id).map(({ status, occurredAt }) => ({ status, occurredAt }))).toEqual(
      timeline.map(({ status, occurredAt }) => ({ status, occurredAt })),
    );
  }
  expect(steps.filter(({ order }) => !orders.some(({ id }) => id === order?.id))).toEqual([]);
  expect(sentAway).toBe(0);
}

/** The feed has what the orders say their buyer was told, and each of it once. */
async function followedNotifications(
  client: StreamClient,
  shopper: Shopper,
  { shop, orders, random }: Streams & { readonly shop: StreamShop },
): Promise<void> {
  const expected = orders.reduce((sum, { fate }) => sum + fate.notifications.length, 0);
  const { steps, sentAway } = await follow(client, {
    operation: 'NotificationFeed',
    variables: {},
    random,
    reconnects: reconnectsEach,
    over: ({ length }) => length >= expected,
  });
  for (const { id, fate } of orders) {
    const seen = steps.flatMap(({ notification }) => (notification?.order?.id === id ? [notification] : []));
    expect(seen.map(({ template }) => template)).toEqual(fate.notifications);
    expect(seen.map((notification) => notification.id)).toEqual(await toldAbout(shop, shopper, id));
  }
  expect(steps).toHaveLength(expected);
  expect(sentAway).toBe(0);
}

/** Ids of what a buyer was told about an order, oldest first. */
async function toldAbout({ world }: StreamShop, { token }: Shopper, orderId: string): Promise<readonly string[]> {
  const query = 'query($orderId: ID!) { order(id: $orderId) { notifications { id } } }';
  const { data } = await world.graph.post(JSON.stringify({ query, variables: { orderId } }), { token });
  const { order } = data as { readonly order: { readonly notifications: readonly { readonly id: string }[] } };
  return order.notifications.map(({ id }) => id);
}

async function timelineOf(shopper: Shopper, orderId: string): Promise<readonly TimelineStep[]> {
  return (await shopper.orderPage(orderId)).timeline as readonly TimelineStep[];
}
