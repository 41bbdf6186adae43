import { newId } from '@tally/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { createRandom } from '../src/resume/random.ts';
import { followOrder } from '../src/streams/follow-order.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols } from '../src/streams/stream-client.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

const stack = new AsyncDisposableStack();
let system: InOneProcess;
let world: World;
let people: People;

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  system = stack.use(await startInOneProcess(database, { limits: 'load' }));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
}, 120_000);
afterAll(() => stack.disposeAsync(), 60_000);

/** What becomes of an order, whose steps then follow by themselves or from what people do. */
interface Fate {
  readonly card: string;
  readonly until: string;
  readonly happens?: (shopper: Shopper, orderId: string) => Promise<void>;
}

const fates: readonly Fate[] = [
  { card: 'tok_ok', until: 'DELIVERED', happens: delivered },
  { card: 'tok_ok', until: 'DELIVERED', happens: delivered },
  { card: 'tok_slow_3s', until: 'DELIVERED', happens: delivered },
  { card: 'tok_declined', until: 'PAYMENT_FAILED' },
  {
    card: 'tok_ok',
    until: 'CANCELLED',
    async happens(shopper, orderId) {
      await shopper.until(orderId, 'PROCESSING');
      await shopper.cancel(orderId);
    },
  },
];
const reconnectsEach = 10;

async function delivered(shopper: Shopper, orderId: string): Promise<void> {
  const { lines } = await shopper.until(orderId, 'PROCESSING');
  const staff = await people.staff();
  await staff.deliver(
    orderId,
    lines.map(({ id }) => id),
  );
}

async function aProduct(stock: number): Promise<string> {
  const { variants } = await (await people.staff()).createProduct({ stock: [stock] });
  return variants[0]?.id ?? '';
}

async function aBuyer(card: string): Promise<Shopper> {
  const shopper = await people.buyer();
  await shopper.addPaymentMethod(card);
  return shopper;
}

describe.each(protocols)('over %s', (protocol) => {
  test('every step of every order reaches its buyer once and in order, over 50 reconnects', async () => {
    const seed = Date.now() >>> 0;
    printOnFailure(() => `seed ${String(seed)}\n${system.logs()}`);
    const variantId = await aProduct(fates.length);

    const followed = await Promise.all(
      fates.map(async ({ card, until, happens }, index) => {
        const shopper = await aBuyer(card);
        await using client = openStreams(protocol, { url: system.urls.gateway, token: shopper.token });
        const { id: orderId } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
        const random = createRandom(seed + index);
        const [saw] = await Promise.all([
          followOrder(client, { orderId, random, reconnects: reconnectsEach, until }),
          happens?.(shopper, orderId),
        ]);
        const { timeline } = await shopper.orderPage(orderId);
        return { ...saw, timeline };
      }),
    );

    for (const { steps, timeline } of followed) {
      expect(steps.map(({ sequence, previous, status, note, occurredAt }) => ({ sequence, previous, status, note, occurredAt }))).toEqual(
        timeline,
      );
    }
    expect(followed.reduce((sum, { reconnects }) => sum + reconnects, 0)).toBeGreaterThanOrEqual(50);
    expect(followed.map(({ sentAway }) => sentAway)).toEqual(fates.map(() => 0));
  });

  test('somebody else’s order is refused like one that does not exist', async () => {
    const [variantId, shopper, stranger] = [await aProduct(1), await aBuyer('tok_ok'), await people.buyer()];
    const { id: orderId } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
    await using client = openStreams(protocol, { url: system.urls.gateway, token: stranger.token });

    const foreign = await client.open('TrackOrder', { orderId }).ended;
    const missing = await client.open('TrackOrder', { orderId: newId('ord') }).ended;

    expect(foreign).toMatchObject({ reason: 'failed', errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    expect(withoutTrace(missing)).toEqual(withoutTrace(foreign));
  });

  test('a sequence ahead of the newest is SEQUENCE_AHEAD', async () => {
    const [variantId, shopper] = [await aProduct(1), await aBuyer('tok_ok')];
    const { id: orderId } = await shopper.order({ lines: [{ variantId, quantity: 1 }] });
    await using client = openStreams(protocol, { url: system.urls.gateway, token: shopper.token });

    const end = await client.open('TrackOrder', { orderId }, { resumeAfter: 1_000 }).ended;

    expect(end).toMatchObject({ reason: 'failed', errors: [{ extensions: { code: 'SEQUENCE_AHEAD' } }] });
  });

  test('a buyer follows all orders on one stream, anybody the stock', async () => {
    const [variantId, shopper] = [await aProduct(5), await aBuyer('tok_ok')];
    await using client = openStreams(protocol, { url: system.urls.gateway, token: shopper.token });
    await using passerBy = openStreams(protocol, { url: system.urls.gateway });
    const stock = passerBy.open('WatchStock', { variantIds: [variantId] });
    expect((await stock.next())?.data.inventoryChanged).toMatchObject({ available: 5, variant: { id: variantId } });
    const orders = client.open('MyOrders', {}, { resumeAfter: 0 });

    const placed = [];
    for (let n = 0; n < 2; n += 1) {
      const { id } = await shopper.order({ lines: [{ variantId, quantity: 2 }] });
      await shopper.until(id, 'PROCESSING');
      placed.push(id);
    }

    const steps = [];
    while (steps.length < 8) {
      const event = await orders.next();
      expect(event).not.toBeNull();
      steps.push(event?.data.myOrdersChanged);
    }
    expect(steps.map((step) => [step?.sequence, step?.order?.id, step?.status])).toEqual(
      placed.flatMap((id, index) =>
        ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING'].map((status, step) => [index * 4 + step + 1, id, status]),
      ),
    );
    let level = 5;
    while (level !== 1) level = (await stock.next())?.data.inventoryChanged.available ?? 1;
    expect(stock.events.map(({ data }) => data.inventoryChanged.available)).toEqual(expect.arrayContaining([5, 1]));
  });
});

const withoutTrace = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'traceId' ? undefined : inner)));
