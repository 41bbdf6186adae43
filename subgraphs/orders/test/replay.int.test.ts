import { topicOf } from '@tally/events';
import { newId, parseId, toUuid, type Id } from '@tally/kernel';
import type { DeliveredRecord } from '@tally/messaging';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createBuyer, type Buyer } from './buyer.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

interface Step {
  readonly sequence: number;
  readonly previous: string | null;
  readonly status: string;
  readonly note: string | null;
  readonly occurredAt: string;
}
interface BuyerStep {
  readonly sequence: number;
  readonly order: { readonly id: string; readonly status: string };
  readonly status: string;
  readonly occurredAt: string;
}

const stepsQuery = `query($orderId: ID!, $afterSequence: Int) { orderStatusEvents(orderId: $orderId, afterSequence: $afterSequence) {
  sequence previous status note occurredAt } }`;
const mineQuery = `query($afterSequence: Int) { myOrderEvents(afterSequence: $afterSequence) { sequence order { id status } status occurredAt } }`;

const stepsOf = async (asker: Buyer, orderId: string, afterSequence?: number | null): Promise<readonly Step[]> =>
  (await asker.data<{ orderStatusEvents: readonly Step[] }>(stepsQuery, { orderId, afterSequence })).orderStatusEvents;
const mineOf = async (asker: Buyer, afterSequence?: number | null): Promise<readonly BuyerStep[]> =>
  (await asker.data<{ myOrderEvents: readonly BuyerStep[] }>(mineQuery, { afterSequence })).myOrderEvents;
const sequences = (events: readonly { readonly sequence: number }[]) => events.map(({ sequence }) => sequence);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

async function bought(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const [mug] = await world.sells({});
  return parseId('ord', (await buyer.buys(mug!)).id)!;
}

/** An order that was paid, packed and sent: five steps by three different statements. */
async function sent(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const id = await bought(world, buyer);
  const amount = { amount: { amount: 1_530, currency: 'EUR' } };
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), amount);
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), amount);
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await world.becomes(id, 'PROCESSING');
  const staff = createBuyer(world, newId('usr'), ['orders:fulfil', 'orders:read:any']);
  const { order } = await staff.data<{ order: { lines: readonly { id: string }[] } }>(
    'query($id: ID!) { order(id: $id) { lines { id } } }',
    {
      id,
    },
  );
  const { shipmentCreate } = await staff.data<{ shipmentCreate: { shipment: { id: string } } }>(
    'mutation($input: ShipmentInput!) { shipmentCreate(input: $input) { shipment { id } } }',
    { input: { orderId: id, lineIds: order.lines.map((line) => line.id), carrier: 'DHL', idempotencyKey: 'pack' } },
  );
  await staff.data('mutation($input: ShipmentUpdateInput!) { shipmentUpdate(input: $input) { userErrors { code } } }', {
    input: { shipmentId: shipmentCreate.shipment.id, to: 'IN_TRANSIT', idempotencyKey: 'scan' },
  });
  await world.becomes(id, 'SHIPPED');
  return id;
}

/** So many steps more, numbered through for the order and its buyer. */
async function manySteps(world: OrdersWorld, buyer: Buyer, orderId: Id<'ord'>, last: number): Promise<void> {
  await world.sql.execute(
    `INSERT INTO order_event (order_id, sequence, previous, status, buyer_id, buyer_sequence)
     SELECT $1, n, 'PROCESSING', 'CANCELLING', $2, n FROM generate_series(2, $3::int) AS n`,
    [toUuid(orderId), toUuid(buyer.userId), last],
  );
  await world.sql.execute('UPDATE orders SET sequence = $2 WHERE id = $1', [toUuid(orderId), last]);
  await world.sql.execute('UPDATE buyer_stream SET sequence = $2 WHERE buyer_id = $1', [toUuid(buyer.userId), last]);
}

test('every step is replayed as the log tells it, time included, to those who follow the order and to those who follow the buyer', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const told: DeliveredRecord[] = [];
  await using subscription = await world.log.subscribe({
    group: 'follower',
    topics: [topicOf('orders.order.v1'), topicOf('orders.buyer.v1')],
    from: 'beginning',
    handler: ({ records, handled }) => {
      for (const record of records) {
        told.push(record);
        handled(record);
      }
      return Promise.resolve();
    },
  });

  const shipped = await sent(world, buyer);
  const cancelled = await bought(world, buyer);
  await buyer.cancel(cancelled);
  await world.orders.caughtUp();
  await subscription.caughtUp();

  const ofKey = (key: string) =>
    told
      .filter((record) => record.key === key)
      .map(({ sequence, time, payload }) => ({
        sequence,
        occurredAt: time.toISOString(),
        data: JSON.parse(payload) as { previous: string | null; status: string; note: string | null; order: { id: string } },
      }));
  for (const [orderId, statuses] of [
    [shipped, ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'SHIPPED']],
    [cancelled, ['PENDING', 'CANCELLED']],
  ] as const) {
    const steps = await stepsOf(buyer, orderId, 0);
    expect(steps.map(({ status }) => status)).toEqual(statuses);
    expect(steps).toEqual(
      ofKey(orderId).map(({ sequence, occurredAt, data: { previous, status, note } }) => ({
        sequence,
        previous,
        status,
        note,
        occurredAt,
      })),
    );
    const { order } = await buyer.data<{ order: { placedAt: string; timeline: unknown } }>(
      'query($id: ID!) { order(id: $id) { placedAt timeline { sequence previous status note occurredAt } } }',
      { id: orderId },
    );
    expect(order).toEqual({ placedAt: steps[0]?.occurredAt, timeline: steps });
  }
  const mine = await mineOf(buyer, 0);
  expect(sequences(mine)).toEqual(upTo(7));
  expect(mine.map(({ order, ...step }) => ({ ...step, orderId: order.id }))).toEqual(
    ofKey(buyer.userId).map(({ sequence, occurredAt, data: { status, order } }) => ({ sequence, status, occurredAt, orderId: order.id })),
  );
});

test('a replay holds what came after a sequence, oldest first, a thousand at most; without one the newest event alone', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  await manySteps(world, buyer, orderId, 1_201);

  for (const replay of [(after?: number | null) => stepsOf(buyer, orderId, after), (after?: number | null) => mineOf(buyer, after)]) {
    expect(sequences(await replay(0))).toEqual(upTo(1_000));
    expect(sequences(await replay(1_000))).toEqual(upTo(1_201).slice(1_000));
    expect(sequences(await replay(1_200))).toEqual([1_201]);
    expect(await replay(1_201)).toEqual([]);
    expect(sequences(await replay())).toEqual([1_201]);
    expect(sequences(await replay(null))).toEqual([1_201]);
  }
});

test('a sequence ahead of the newest is SEQUENCE_AHEAD, one below zero and an id that is none are BAD_USER_INPUT', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  const refusal = async (query: string, variables: Record<string, unknown>) => {
    const { data, errors } = await buyer.ask(query, variables);
    return { data, code: errors?.[0]?.extensions.code };
  };

  for (const query of [stepsQuery, mineQuery]) {
    expect(await refusal(query, { orderId, afterSequence: 2 })).toEqual({ data: null, code: 'SEQUENCE_AHEAD' });
    expect(await refusal(query, { orderId, afterSequence: 2 ** 31 - 1 })).toEqual({ data: null, code: 'SEQUENCE_AHEAD' });
    expect(await refusal(query, { orderId, afterSequence: -1 })).toEqual({ data: null, code: 'BAD_USER_INPUT' });
  }
  expect(await refusal(stepsQuery, { orderId: 'nonsense' })).toEqual({ data: null, code: 'BAD_USER_INPUT' });
});

test('A10: the steps of somebody else’s order and of one that does not exist look alike; staff who may read all read them', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  const stranger = world.buyer();

  for (const afterSequence of [undefined, 0, 1, 99, 2 ** 31 - 1]) {
    const foreign = await stranger.ask(stepsQuery, { orderId, afterSequence });
    expect(foreign).toMatchObject({ data: null, errors: [{ path: ['orderStatusEvents'], extensions: { code: 'NOT_FOUND' } }] });
    expect(await stranger.ask(stepsQuery, { orderId: newId('ord'), afterSequence })).toEqual(foreign);
  }
  expect(sequences(await stepsOf(createBuyer(world, newId('usr'), ['orders:read:any']), orderId))).toEqual([1]);
  for (const query of [stepsQuery, mineQuery])
    expect(await world.ask({}, query, { orderId })).toMatchObject({ data: null, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('everybody, staff included, gets the stream of their own orders; who has none gets none', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const first = await bought(world, buyer);
  const second = await bought(world, buyer);

  expect(await mineOf(buyer)).toMatchObject([{ sequence: 2, status: 'PENDING', order: { id: second } }]);
  expect((await mineOf(buyer, 0)).map(({ order }) => order.id)).toEqual([first, second]);
  const staff = createBuyer(world, newId('usr'), ['orders:read:any']);
  expect(await mineOf(staff)).toEqual([]);
  expect(await mineOf(staff, 0)).toEqual([]);
  expect((await staff.ask(mineQuery, { afterSequence: 1 })).errors?.[0]?.extensions.code).toBe('SEQUENCE_AHEAD');
});

test('a step that happens while it is replayed is left to the live events, so that the newest step and its order agree', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  const query = 'query($orderId: ID!) { orderStatusEvents(orderId: $orderId, afterSequence: 0) { sequence order { sequence } } }';

  await world.sql.execute('BEGIN');
  await world.sql.execute('LOCK TABLE order_event IN ACCESS EXCLUSIVE MODE');
  const replay = buyer.data<{ orderStatusEvents: unknown }>(query, { orderId });
  await eventually(async () => {
    expect(await world.sql.rows(`SELECT 1 FROM pg_locks WHERE relation = 'order_event'::regclass AND NOT granted`)).toHaveLength(1);
  });
  await manySteps(world, buyer, orderId, 2);
  await world.sql.execute('COMMIT');

  expect((await replay).orderStatusEvents).toEqual([{ sequence: 1, order: { sequence: 1 } }]);
  expect(sequences(await stepsOf(buyer, orderId, 1))).toEqual([2]);
});

test('statements do not grow with a replay, nor with the number of times an order is asked for', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  await manySteps(world, buyer, orderId, 1_000);
  const statementsOf = async (query: string, variables: Record<string, unknown>) => {
    world.statements();
    await buyer.data(query, variables);
    return world.statements().length;
  };
  const steps =
    'query($orderId: ID!, $after: Int) { orderStatusEvents(orderId: $orderId, afterSequence: $after) { order { id total { amount } } } }';
  const mine = 'query($after: Int) { myOrderEvents(afterSequence: $after) { order { id total { amount } } } }';
  const entities = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { id status lines { id } } } }';
  const representations = (n: number) => Array.from({ length: n }, () => ({ __typename: 'Order', id: orderId }));

  for (const after of [0, 999]) {
    expect(await statementsOf(steps, { orderId, after })).toBe(2); // the order, its steps
    expect(await statementsOf(mine, { after })).toBe(2); // the stream, its orders
  }
  for (const n of [1, 500]) expect(await statementsOf(entities, { r: representations(n) })).toBe(2); // the order, its lines
});

test('a buyer’s stream is read by the index made for it', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const buyer = world.buyer();
  const orderId = await bought(world, buyer);
  await manySteps(world, buyer, orderId, 2_000);
  await world.sql.execute('ANALYZE order_event');
  world.statements();
  await mineOf(buyer, 1_990);
  const statement = world.statements().find((text) => text.includes('buyer_stream')) ?? '';

  const [row] = await world.sql.rows(
    `EXPLAIN (FORMAT JSON) ${statement
      .replaceAll('$1', `'${toUuid(buyer.userId)}'`)
      .replaceAll('$2', '1990')
      .replaceAll('$3', '1000')}`,
  );
  expect(JSON.stringify(row)).toContain('order_event_buyer_id_buyer_sequence_key');
});
