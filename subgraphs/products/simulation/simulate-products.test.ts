import type { MessageData, MessageType } from '@tally/events';
import { newId, newShardedId, type Id } from '@tally/kernel';
import { outboxTable, standaloneProcess } from '@tally/simulation';
import { expect, test } from 'vitest';
import { faultsOf } from '../test/contract/stock-store.contract.ts';
import { productsTables, simulateProducts } from './index.ts';

/** One process of products that sells mugs. */
async function aShelf(onHand: number) {
  const process = standaloneProcess();
  const { database } = process;
  const app = simulateProducts(process);
  const mug = newId('var');
  await app.putOnSale({ productId: newId('prod'), variants: [{ id: mug, onHand }] });

  async function hears<M extends MessageType>(type: M, key: string, data: MessageData<M>, id = newId('evt')): Promise<void> {
    const handle = app.consumers.map(({ handlers }) => handlers[type]).find((handler) => handler !== undefined);
    await handle?.({ id, topic: 'products.commands.v1', type, key, sequence: 1, time: process.now(), traceparent: null, data });
  }
  const about = (orderId: Id<'ord'>) => ({ commandId: newId('cmd'), order: { id: orderId } });
  return {
    app,
    mug,
    reserve: (orderId: Id<'ord'>, quantity: number, eventId = newId('evt')) =>
      hears('ReserveStock', orderId, { ...about(orderId), lines: [{ variantId: mug, quantity }] }, eventId),
    commit: (orderId: Id<'ord'>) => hears('CommitStock', orderId, about(orderId)),
    release: (orderId: Id<'ord'>) => hears('ReleaseStock', orderId, { ...about(orderId), reason: 'TIMEOUT' }),
    told: (key: string) => database.committed(outboxTable).flatMap((event) => (event.key === key ? [event.type] : [])),
    level: () => {
      const { available, reserved } = database.committed(productsTables.stock)[0] ?? expect.unreachable();
      return [available, reserved];
    },
    rows: () => ({
      stock: database.committed(productsTables.stock),
      movements: database.committed(productsTables.movements),
      held: [],
    }),
  };
}

test('the handlers of production reserve, sell and restock in memory, and every change is told', async () => {
  const shelf = await aShelf(3);
  const [sold, refused] = [newShardedId('ord', 1), newShardedId('ord', 2)];

  await shelf.reserve(sold, 2);
  await shelf.reserve(refused, 2);
  await shelf.commit(sold);
  await shelf.release(refused);
  expect(shelf.level()).toEqual([1, 0]);
  await shelf.release(sold);

  expect(shelf.level()).toEqual([3, 0]);
  expect(shelf.told(sold)).toEqual(['StockReserved', 'StockCommitted', 'StockReleased']);
  expect(shelf.told(refused)).toEqual(['StockRejected', 'StockReleased']);
  expect(shelf.told(shelf.mug)).toHaveLength(4);
  expect(faultsOf(shelf.rows())).toEqual([]);
});

test('a command that is delivered twice changes stock once and is answered once', async () => {
  const shelf = await aShelf(3);
  const [orderId, eventId] = [newShardedId('ord', 1), newId('evt')];

  for (let deliveries = 0; deliveries < 2; deliveries++) await shelf.reserve(orderId, 2, eventId);

  expect(shelf.level()).toEqual([1, 2]);
  expect(shelf.told(orderId)).toEqual(['StockReserved']);
});

test('selling what nobody reserved parks the order', async () => {
  const shelf = await aShelf(3);

  await expect(shelf.commit(newShardedId('ord', 1))).rejects.toMatchObject({ name: 'PoisonEventError' });
});

test('staff counts once per key', async () => {
  const shelf = await aShelf(3);
  const count = { scope: 'usr_1', key: 'count-1', fingerprint: 'f', variantId: shelf.mug, delta: 4, reason: 'Counted' };

  expect(await shelf.app.useCases.adjustInventory(count)).toMatchObject({ ok: true, value: { replayed: false } });
  expect(await shelf.app.useCases.adjustInventory(count)).toMatchObject({ ok: true, value: { replayed: true } });
  expect(await shelf.app.useCases.adjustInventory({ ...count, key: 'count-2', delta: -8 })).toMatchObject({ ok: false });
  expect(shelf.level()).toEqual([7, 0]);
});
