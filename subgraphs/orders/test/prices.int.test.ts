import type { MessageData } from '@tally/events';
import { newId, toUuid, type Id } from '@tally/kernel';
import { createLogger } from '@tally/runtime';
import { eventually, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { startOrders } from '../src/app.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

type Product = MessageData<'ProductChanged'>;
const variant = (id: Id<'var'>, amount: number, more: Partial<Product['variants'][number]> = {}): Product['variants'][number] => ({
  ...{
    id,
    sku: `SKU-${id.slice(-4)}`,
    title: 'Blue',
    price: { amount, currency: 'EUR' },
    taxClass: 'STANDARD',
    weightGrams: 100,
    sellable: true,
  },
  ...more,
});
const product = (id: Id<'prod'>, ...variants: Product['variants']): Product => ({
  ...{ product: { id }, slug: 'mug', title: 'Mug', category: { id: newId('cat') }, seller: { id: newId('sell') } },
  variants,
});
const changed = (world: OrdersWorld, state: Product, sequence: number) =>
  world.publish('products.catalogue.v1', 'ProductChanged', state.product.id, state, newId('evt'), sequence);
const rows = (world: OrdersWorld) =>
  world.sql.rows('SELECT variant_id, title, amount::int, sellable, sequence::int FROM price ORDER BY amount');

test('the replica follows the newest record of each product; older ones and repeats change nothing', async () => {
  await using world = await anOrdersWorld();
  const [id, blue, red] = [newId('prod'), newId('var'), newId('var')];

  await changed(world, product(id, variant(blue, 100)), 1);
  await changed(world, product(id, variant(blue, 300), variant(red, 400, { title: 'Mug' })), 3);
  await changed(world, product(id, variant(blue, 200), variant(newId('var'), 999)), 2);
  await changed(world, product(id, variant(blue, 333)), 3);
  await world.orders.caughtUp();

  expect(await rows(world)).toEqual([
    { variant_id: toUuid(blue), title: 'Mug, Blue', amount: 300, sellable: true, sequence: 3 },
    { variant_id: toUuid(red), title: 'Mug', amount: 400, sellable: true, sequence: 3 },
  ]);
});

test('a variant that a newer record does not name is not sold any more, and stays so', async () => {
  await using world = await anOrdersWorld();
  const [id, blue, red] = [newId('prod'), newId('var'), newId('var')];
  await changed(world, product(id, variant(blue, 100), variant(red, 200)), 1);
  await changed(world, product(id, variant(blue, 100)), 2);
  await changed(world, product(id, variant(blue, 100), variant(red, 200)), 1);
  await world.orders.caughtUp();

  expect((await rows(world)).map(({ sellable }) => sellable)).toEqual([true, false]);
  const { userErrors } = await world.buyer().checkout({ lines: [{ variantId: red, quantity: 1 }] });
  expect(userErrors).toMatchObject([{ code: 'NOT_SELLABLE' }]);
});

test('an archived product is not sold any more until a newer record says otherwise', async () => {
  await using world = await anOrdersWorld();
  const [id, blue] = [newId('prod'), newId('var')];
  const archive = (sequence: number) =>
    world.publish('products.catalogue.v1', 'ProductArchived', id, { product: { id }, variantIds: [blue] }, newId('evt'), sequence);
  await changed(world, product(id, variant(blue, 100)), 2);
  await archive(1);
  await world.orders.caughtUp();
  expect(await rows(world)).toMatchObject([{ sellable: true }]);

  await archive(3);
  await world.orders.caughtUp();
  expect(await rows(world)).toMatchObject([{ sellable: false, sequence: 3 }]);

  await changed(world, product(id, variant(blue, 150)), 4);
  await world.orders.caughtUp();
  expect(await rows(world)).toMatchObject([{ sellable: true, amount: 150 }]);
});

test('a lost replica is rebuilt from the beginning of the topic', async () => {
  await using world = await anOrdersWorld();
  const ids = Array.from({ length: 30 }, () => newId('prod'));
  for (const [n, id] of ids.entries()) await changed(world, product(id, variant(newId('var'), n + 1)), 1);
  await world.orders.caughtUp();
  await world.orders[Symbol.asyncDispose]();

  const before = await rows(world);
  await world.sql.execute('DELETE FROM price');
  await using rebuilt = await anotherReplica(world);

  await eventually(async () => (await rows(world)).length === 30);
  expect(await rows(world)).toEqual(before);
  await rebuilt.caughtUp();
});

/** The prices' own group begins again; the sagas' group is not touched. */
async function anotherReplica(world: OrdersWorld) {
  await using log = await openSql(world.database.urls.event_log.owner);
  await log.execute(`DELETE FROM reader WHERE group_id = 'orders-prices'`);
  return await startOrders(world.config, { eventLog: world.log, logger: createLogger({ service: 'orders', level: 'silent' }) });
}
