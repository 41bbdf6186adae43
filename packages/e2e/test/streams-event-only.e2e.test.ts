import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld } from '../src/client/world.ts';
import type { MyOrderStep, OrderStep, Told } from '../src/streams/answers.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols, type EventStream } from '../src/streams/stream-client.ts';
import { startAsProcesses } from '../src/topologies/as-processes.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { limitsFor, loopbackAddress } from './loopback-address.ts';
import { fates } from './order-fates.ts';
import { printOnFailure } from './print-on-failure.ts';

// Nothing but what an event holds itself.
const oneOrder = `subscription($orderId: ID!) {
  orderStatusChanged(orderId: $orderId) { sequence status previous occurredAt order { id } }
}`;
const allOrders = 'subscription { myOrdersChanged { sequence status occurredAt order { id } } }';

interface OneOrder {
  readonly orderStatusChanged: Pick<OrderStep, 'sequence' | 'status' | 'previous' | 'occurredAt'>;
}
interface AllOrders {
  readonly myOrdersChanged: MyOrderStep;
}

test('while nobody answers for orders, streams that select only what events hold get every event, and nobody is asked', async () => {
  await using database = await cloneEmptyShop();
  await using system = await startAsProcesses(database, { limits: limitsFor, ordersApart: true });
  printOnFailure(() => system.logs());
  await using world = openWorld(system.urls);
  const people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ stock: [50, 1] });
  const [plenty = '', last = ''] = variants.map(({ id }) => id);
  // Nothing moves before all are listening.
  await system.stopOne('orders-worker');
  const [shopper, planned] = [await people.buyer(), [fates.delivered, fates.declined, fates.rejected] as const];
  const ids: string[] = [];
  for (const { card, ware, quantity } of planned) {
    const paymentMethodId = await shopper.addPaymentMethod(card);
    ids.push((await shopper.order({ lines: [{ variantId: { plenty, last }[ware], quantity }], paymentMethodId })).id);
  }

  await using clients = new AsyncDisposableStack();
  const [single, all] = [new Map<string, EventStream<OneOrder>[]>(ids.map((id) => [id, []])), [] as EventStream<AllOrders>[]];
  for (const protocol of protocols) {
    const client = clients.use(openStreams(protocol, { url: system.urls.gateway, token: shopper.token, localAddress: loopbackAddress }));
    for (const [orderId, streams] of single) streams.push(client.subscribe(oneOrder, { orderId }));
    all.push(client.subscribe(allOrders, {}));
  }
  for (const stream of [...single.values()].flat()) expect((await stream.next())?.sequence).toBe(1);
  for (const stream of all) expect((await stream.next())?.sequence).toBe(3);

  await system.stopOne('orders');
  expect((await shopper.lookUp(ids[0] ?? '')).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  const asked = await questions(system);
  await system.startAgain('orders-worker');
  for (const stream of [...single.values()].flat()) await readUntil(stream, ({ orderStatusChanged: { status } }) => ends.includes(status));
  const steps = [...single.values()].map(([first]) => first?.events.length ?? 0).reduce((sum, count) => sum + count);
  for (const stream of all) await readUntil(stream, ({ myOrdersChanged: { sequence } }) => sequence === steps);

  expect(await questions(system)).toEqual(asked);
  expect(asked.replays).toBe(protocols.length * (ids.length + 1));
  await system.startAgain('orders');
  await eventually(async () => expect((await shopper.lookUp(ids[0] ?? '')).errors).toEqual([]));
  for (const [id, streams] of single) {
    const timeline = await timelineOf(shopper, id);
    for (const { events } of streams) {
      expect(events.map(({ data: { orderStatusChanged: step } }) => step)).toEqual(timeline.map((step) => ({ ...step, order: { id } })));
    }
  }
  for (const { events } of all) {
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: steps - 2 }, (_, index) => index + 3));
    expect(events).toEqual(all[0]?.events.map(({ data }) => expect.objectContaining({ data, errors: [] }) as unknown));
  }
});

/** Where these orders stop by themselves. */
const ends: readonly string[] = ['PROCESSING', 'PAYMENT_FAILED', 'REJECTED'];

/** What the gateway has asked so far to fill streams. */
async function questions({ metric }: Awaited<ReturnType<typeof startAsProcesses>>) {
  return { replays: await metric('gateway_replays_total'), fetches: await metric('gateway_fetches_total', { subgraph: 'orders' }) };
}

async function readUntil<Data extends object>(stream: EventStream<Data>, isLast: (data: Data) => boolean): Promise<void> {
  for (;;) {
    const event = await stream.next();
    expect(event).toMatchObject({ errors: [] });
    if (event === null || isLast(event.data)) return;
  }
}

async function timelineOf(shopper: Shopper, orderId: string): Promise<readonly Told[]> {
  const { timeline } = await shopper.orderPage(orderId);
  return (timeline as readonly OrderStep[]).map(({ sequence, status, previous, occurredAt }) => ({
    sequence,
    status,
    previous,
    occurredAt,
  }));
}
