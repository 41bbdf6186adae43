import { newId, toUuid, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { oldestReservationSeconds } from '../src/adapters/prisma/reservation-age.ts';
import { aCommand, anOrder, inLanes, openWorld, type World } from './world.ts';

const levelOf = (world: World, id: Id<'var'>) => world.sql.row('SELECT available, reserved FROM stock WHERE variant_id = $1', [toUuid(id)]);
const replies = async (world: World, orderId: Id<'ord'>) =>
  (
    await world.sql.rows(
      `SELECT type, sequence::int, payload::jsonb AS data FROM outbox WHERE topic = 'products.stock.v1' AND key = $1 ORDER BY id`,
      [orderId],
    )
  ).map(({ type, sequence, data }) => ({ type, sequence, ...(data as Record<string, unknown>) }));

test('fifty units and five hundred buyers: fifty are served, none is promised twice', { timeout: 60_000 }, async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [50] });
  const orders = Array.from({ length: 500 }, anOrder);

  await inLanes(60, orders, (orderId) =>
    world.useCases.reserveStock({ ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] }),
  );

  expect(await levelOf(world, variantIds[0])).toEqual({ available: 0, reserved: 50 });
  expect(await world.sql.rows('SELECT state, count(*)::int FROM stock_claim GROUP BY state ORDER BY state')).toEqual([
    { state: 'REJECTED', count: 450 },
    { state: 'RESERVED', count: 50 },
  ]);
  expect(await world.sql.number(`SELECT count(*) FROM outbox WHERE topic = 'products.stock.v1'`)).toBe(500);
  expect(await world.stockProblems()).toEqual([]);
});

test('orders that want the same things in opposite order queue instead of deadlocking', { timeout: 60_000 }, async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [1000, 1000, 1000, 1000] });
  const lines = variantIds.map((variantId) => ({ variantId, quantity: 1 }));
  const before = await world.sql.number('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()');

  await inLanes(60, Array.from({ length: 100 }).keys(), async (index) => {
    const orderId = anOrder();
    await world.useCases.reserveStock({ ...aCommand(), orderId, lines: index % 2 === 0 ? lines : lines.toReversed() });
    if (index % 3 === 0) await world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'TIMEOUT' });
    if (index % 3 === 1) await world.useCases.commitStock({ ...aCommand(), orderId });
  });

  expect(await world.sql.number('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')).toBe(before);
  for (const id of variantIds) expect(await levelOf(world, id)).toEqual({ available: 934, reserved: 33 });
  expect(await world.stockProblems()).toEqual([]);
});

test('two lines of one variant are one wish: two halves of an impossible order do not pass', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [3] });
  const [possible, impossible] = [anOrder(), anOrder()];
  const line = { variantId: variantIds[0], quantity: 2 };

  await world.useCases.reserveStock({ ...aCommand(), orderId: impossible, lines: [line, line] });
  await world.useCases.reserveStock({ ...aCommand(), orderId: possible, lines: [line, { ...line, quantity: 1 }] });

  expect(await replies(world, impossible)).toMatchObject([
    { type: 'StockRejected', reason: 'SHORT', short: [{ variant: { id: variantIds[0] }, requested: 4, available: 3 }] },
  ]);
  expect(await replies(world, possible)).toMatchObject([{ type: 'StockReserved' }]);
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 0, reserved: 3 });
});

test('an order that is short takes nothing, and every short line is named', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [5, 1, 0] });
  const [plenty, one, none] = variantIds;
  if (one === undefined || none === undefined) throw new Error('three variants');
  const command = aCommand();
  const orderId = anOrder();

  await world.useCases.reserveStock({ ...command, orderId, lines: [plenty, one, none].map((variantId) => ({ variantId, quantity: 2 })) });

  const [reply, ...others] = await replies(world, orderId);
  expect(others).toEqual([]);
  expect(reply).toMatchObject({
    type: 'StockRejected',
    sequence: 1,
    commandId: command.commandId,
    order: { id: orderId },
    reason: 'SHORT',
  });
  expect(new Set((reply as unknown as { short: unknown[] }).short)).toEqual(
    new Set([
      { variant: { id: one }, requested: 2, available: 1 },
      { variant: { id: none }, requested: 2, available: 0 },
    ]),
  );
  expect(await levelOf(world, plenty)).toEqual({ available: 5, reserved: 0 });
  expect(await world.sql.number('SELECT count(*) FROM reservation')).toBe(0);
});

test('what is archived or unknown is not sold, however much of it there is', async () => {
  await using world = await openWorld();
  const sold = await world.aProduct({ stock: [5] });
  const archived = await world.aProduct({ stock: [5] });
  await world.useCases.updateProduct({
    id: archived.id,
    expectedVersion: 1,
    status: 'ARCHIVED',
    title: null,
    description: null,
    tags: null,
    attributes: null,
  });
  const unknown = newId('var');
  const orderId = anOrder();

  await world.useCases.reserveStock({
    ...aCommand(),
    orderId,
    lines: [sold.variantIds[0], archived.variantIds[0], unknown].map((variantId) => ({ variantId, quantity: 1 })),
  });

  const [reply] = await replies(world, orderId);
  expect(reply).toMatchObject({ type: 'StockRejected', reason: 'NOT_SELLABLE' });
  expect((reply as unknown as { short: { variant: { id: string } }[] }).short.map(({ variant }) => variant.id).sort()).toEqual(
    [archived.variantIds[0], unknown].sort(),
  );
  expect(await levelOf(world, sold.variantIds[0])).toEqual({ available: 5, reserved: 0 });
});

test('an order that waits while its row is filled up gets what is there by then', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [0, 5] });
  const orderId = anOrder();
  const { promise: delivered, resolve: deliver } = Promise.withResolvers<void>();
  const waiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

  const delivery = world.transact(async ({ stock }) => {
    await stock.adjust(variantIds[0], 1, 'Delivered');
    await delivered;
  });
  await eventually(async () => (await world.sql.number(`SELECT count(*) FROM pg_locks WHERE relation = 'stock'::regclass`)) > 0);
  const reservation = world.useCases.reserveStock({
    ...aCommand(),
    orderId,
    lines: variantIds.map((variantId) => ({ variantId, quantity: 1 })),
  });
  await eventually(async () => (await world.sql.number(waiting)) > 0);
  deliver();
  await Promise.all([delivery, reservation]);

  expect(await replies(world, orderId)).toMatchObject([{ type: 'StockReserved' }]);
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 0, reserved: 1 });
});

test('a release that comes first is remembered: the reservation is refused when it arrives', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [5] });
  const orderId = anOrder();

  await world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'CUSTOMER' });
  await world.useCases.reserveStock({ ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] });
  await world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'CUSTOMER' });

  expect(await replies(world, orderId)).toMatchObject([
    { type: 'StockReleased', sequence: 1 },
    { type: 'StockRejected', sequence: 2, reason: 'CANCELLED', short: [] },
    { type: 'StockReleased', sequence: 3 },
  ]);
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 5, reserved: 0 });
});

test('a reservation and its release at the same moment end with the stock where it was', { timeout: 60_000 }, async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [100] });
  const orders = Array.from({ length: 60 }, anOrder);

  await Promise.all(
    orders.flatMap((orderId) => [
      world.useCases.reserveStock({ ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] }),
      world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'TIMEOUT' }),
    ]),
  );

  expect(await levelOf(world, variantIds[0])).toEqual({ available: 100, reserved: 0 });
  expect(await world.sql.rows('SELECT DISTINCT state FROM stock_claim')).toEqual([{ state: 'RELEASED' }]);
  for (const orderId of orders) expect((await replies(world, orderId)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(await world.stockProblems()).toEqual([]);
});

test(
  'commands of one order that are delivered twice at the same moment never wait for each other in a ring',
  { timeout: 60_000 },
  async () => {
    await using world = await openWorld({ connections: 12 });
    const { variantIds } = await world.aProduct({ stock: [40, 40, 40] });
    const lines = variantIds.map((variantId) => ({ variantId, quantity: 1 }));

    for (let round = 0; round < 25; round++) {
      const orderId = anOrder();
      const reserve = () => world.useCases.reserveStock({ ...aCommand(), orderId, lines });
      const release = () => world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'TIMEOUT' });
      await Promise.all([reserve(), reserve(), release(), reserve(), release(), reserve()]);
    }

    const { deadlocks } = await world.sql.row(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`);
    expect(Number(deadlocks)).toBe(0);
    expect(await world.stockProblems()).toEqual([]);
  },
);

test('what was sold and is cancelled goes back on the shelf', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [5] });
  const orderId = anOrder();
  const order = { orderId, lines: [{ variantId: variantIds[0], quantity: 5 }] };

  await world.useCases.reserveStock({ ...aCommand(), ...order });
  await world.useCases.commitStock({ ...aCommand(), orderId });
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 0, reserved: 0 });
  await world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'PAYMENT' });

  expect(await levelOf(world, variantIds[0])).toEqual({ available: 5, reserved: 0 });
  expect(await world.sql.rows('SELECT kind, quantity FROM stock_movement ORDER BY version')).toEqual([
    { kind: 'OPENING', quantity: 5 },
    { kind: 'RESERVED', quantity: 5 },
    { kind: 'COMMITTED', quantity: 5 },
    { kind: 'RESTOCKED', quantity: 5 },
  ]);
  expect(await world.stockProblems()).toEqual([]);
});

test('a command delivered twice changes stock once and is answered once', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [5] });
  const orderId = anOrder();
  const command = { ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] };

  await Promise.all([world.useCases.reserveStock(command), world.useCases.reserveStock(command)]);
  await world.useCases.reserveStock(command);

  expect(await replies(world, orderId)).toHaveLength(1);
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 4, reserved: 1 });
});

test('the same wish under a new command id is answered from the claim', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [1] });
  const [served, refused] = [anOrder(), anOrder()];
  const lines = [{ variantId: variantIds[0], quantity: 1 }];

  for (const orderId of [served, refused, served, refused]) await world.useCases.reserveStock({ ...aCommand(), orderId, lines });
  await world.useCases.commitStock({ ...aCommand(), orderId: served });
  await world.useCases.commitStock({ ...aCommand(), orderId: served });
  await world.useCases.releaseStock({ ...aCommand(), orderId: refused, reason: 'INVENTORY' });

  expect(await replies(world, served)).toMatchObject(
    ['StockReserved', 'StockReserved', 'StockCommitted', 'StockCommitted'].map((type, index) => ({ type, sequence: index + 1 })),
  );
  const short = [{ variant: { id: variantIds[0] }, requested: 1, available: 0 }];
  expect(await replies(world, refused)).toMatchObject([
    { type: 'StockRejected', sequence: 1, reason: 'SHORT', short },
    { type: 'StockRejected', sequence: 2, reason: 'SHORT', short },
    { type: 'StockReleased', sequence: 3 },
  ]);
  expect(await levelOf(world, variantIds[0])).toEqual({ available: 0, reserved: 0 });
});

test('selling what was never reserved is refused as a whole: not even its inbox row stays', async () => {
  await using world = await openWorld();
  const released = anOrder();
  await world.useCases.releaseStock({ ...aCommand(), orderId: released, reason: 'TIMEOUT' });
  const before = await world.sql.number('SELECT count(*) FROM inbox');

  for (const orderId of [anOrder(), released]) {
    await expect(world.useCases.commitStock({ ...aCommand(), orderId })).rejects.toMatchObject({
      name: 'ImpossibleCommandError',
      retryable: false,
    });
  }

  expect(await world.sql.number('SELECT count(*) FROM inbox')).toBe(before);
});

test('a reservation costs five statements, however many lines it has', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: Array.from({ length: 40 }, () => 10) });
  const cost = async (lines: number) => {
    world.statements();
    await world.useCases.reserveStock({
      ...aCommand(),
      orderId: anOrder(),
      lines: variantIds.slice(0, lines).map((variantId) => ({ variantId, quantity: 1 })),
    });
    return world.statements().length;
  };

  expect([await cost(1), await cost(10), await cost(40)]).toEqual([5, 5, 5]);
});

test('a product that sells out leaves the searches for things in stock, and comes back with its stock', async () => {
  await using world = await openWorld();
  const { id, variantIds } = await world.aProduct({ stock: [1, 0] });
  const inStock = async () => (await world.sql.row('SELECT in_stock FROM product_search WHERE product_id = $1', [toUuid(id)]))['in_stock'];
  const orderId = anOrder();

  await world.useCases.reserveStock({ ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] });
  await world.useCases.followStock({ variantId: variantIds[0], available: 0 });
  expect(await inStock()).toBe(false);

  await world.useCases.releaseStock({ ...aCommand(), orderId, reason: 'TIMEOUT' });
  expect(await inStock()).toBe(true);
  await world.useCases.followStock({ variantId: variantIds[0], available: 0 });
  expect(await inStock()).toBe(true);
});

test('the age of the oldest reservation is told for as long as an order holds stock', async () => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [5] });
  const orderId = anOrder();

  expect(await oldestReservationSeconds(world.appSql)).toBe(0);
  await world.useCases.reserveStock({ ...aCommand(), orderId, lines: [{ variantId: variantIds[0], quantity: 1 }] });
  expect(await oldestReservationSeconds(world.appSql)).toBeGreaterThan(0);
  await world.useCases.commitStock({ ...aCommand(), orderId });
  expect(await oldestReservationSeconds(world.appSql)).toBe(0);
});
