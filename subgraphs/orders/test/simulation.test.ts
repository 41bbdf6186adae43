import type { MessageData, MessageType } from '@tally/events';
import { newId, parseId, type Id } from '@tally/kernel';
import { outboxTable, standaloneProcess } from '@tally/simulation';
import { freshKey } from '@tally/testkit';
import { expect, test } from 'vitest';
import { ordersTables, simulateOrders } from '../simulation/index.ts';
import type { Reply } from '../src/domain/saga-replies.ts';
import { address } from './buyer.ts';
import { upTo } from './contract/drafts.ts';
import { aProduct } from './contract/products.ts';
import { aReply, start } from './sagas.ts';

const mug = newId('var');

/** One process of orders that sells mugs, whose neighbours are played by the test. */
async function aShop() {
  let now = start;
  const process = standaloneProcess({ now: () => now });
  const app = simulateOrders(process, { deadlines: { reserveMs: 1_000, authoriseMs: 1_000, completeMs: 1_000 } });
  const { database } = process;

  async function hears<M extends MessageType>(type: M, key: string, data: MessageData<M>, id = newId('evt'), sequence = 1): Promise<void> {
    const handle = app.consumers.map(({ handlers }) => handlers[type]).find((handler) => handler !== undefined);
    if (handle === undefined) throw new Error(`nobody listens to ${type}`);
    await handle({ id, topic: 'any', type, key, sequence, time: now, traceparent: null, data });
  }
  const sent = (orderId: Id<'ord'>, type: string) => {
    const row = database.committed(outboxTable).findLast((event) => event.key === orderId && event.type === type);
    if (row === undefined) throw new Error(`${type} was not sent`);
    return JSON.parse(row.payload) as { readonly commandId: Id<'cmd'> };
  };
  await hears('ProductChanged', 'any', aProduct({ [mug]: 1_230 }));
  return {
    app,
    database,
    hears,
    /** Answers a command as its receiver would. */
    async answers(orderId: Id<'ord'>, command: string, type: Reply['type'], eventId = newId('evt')) {
      await hears(type, orderId, aReply(type, sent(orderId, command).commandId, orderId).data, eventId);
    },
    checkout: (more: { readonly buyerId?: Id<'usr'>; readonly key?: string; readonly cartId?: string } = {}) => {
      const { buyerId = newId('usr'), key = freshKey('key'), cartId } = more;
      const source = cartId === undefined ? { lines: [{ variantId: mug, quantity: 2 }] } : { cartId };
      return app.useCases.checkout({ buyerId, key, wait: 'ACCEPTED', input: { ...source, shippingAddress: address } });
    },
    order: (id: Id<'ord'>) => database.committed(ordersTables.orders).find((row) => row.id === id),
    passes(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
}

/** The order that was accepted. */
async function accepted(checkout: ReturnType<Awaited<ReturnType<typeof aShop>>['checkout']>): Promise<Id<'ord'>> {
  const outcome = await checkout;
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.value.order.id;
}

test('the use cases of production carry an order in memory to PROCESSING, every stream without a hole', async () => {
  const shop = await aShop();
  const id = await accepted(shop.checkout());

  await shop.answers(id, 'ReserveStock', 'StockReserved');
  await shop.answers(id, 'AuthorisePayment', 'PaymentAuthorised');
  await shop.answers(id, 'CommitStock', 'StockCommitted');
  await shop.answers(id, 'CapturePayment', 'PaymentCaptured');

  expect(shop.order(id)).toMatchObject({ status: 'PROCESSING', sequence: 4, total: { amount: 2_990 } });
  expect(shop.database.committed(ordersTables.sagas)).toMatchObject([{ step: 'ENDED', outcome: 'SOLD', wakeAt: null, version: 5 }]);
  const streams = Map.groupBy(shop.database.committed(outboxTable), ({ topic }) => topic);
  expect(Object.fromEntries([...streams].map(([topic, rows]) => [topic, rows.map(({ sequence }) => sequence)]))).toEqual({
    'orders.order.v1': upTo(4),
    'orders.buyer.v1': upTo(4),
    'products.commands.v1': upTo(2),
    'payments.commands.v1': upTo(2),
  });
});

test('clicks at once with one key are one order', async () => {
  const shop = await aShop();
  const [buyerId, key] = [newId('usr'), 'the same'];

  const outcomes = await Promise.all(upTo(5).map(() => shop.checkout({ buyerId, key })));

  expect(outcomes.map((outcome) => outcome.ok && outcome.value.replayed).toSorted()).toEqual([false, true, true, true, true]);
  expect(shop.database.committed(ordersTables.orders)).toHaveLength(1);
});

test('a reply that comes twice counts once', async () => {
  const shop = await aShop();
  const id = await accepted(shop.checkout());
  const eventId = newId('evt');

  await Promise.all(upTo(3).map(() => shop.answers(id, 'ReserveStock', 'StockReserved', eventId)));

  expect(shop.order(id)).toMatchObject({ status: 'STOCK_RESERVED', sequence: 2 });
});

test('a cart is taken by its sale and given back by an order that comes to nothing', async () => {
  const shop = await aShop();
  const buyerId = newId('usr');
  const actor = { userId: buyerId, keyScope: buyerId, scopes: [] };
  const put = await shop.app.useCases.addCartLines({ actor, input: { lines: [{ variantId: mug, quantity: 2 }] } });
  const cartId = put.ok ? put.value.cart.id : '';

  const rejected = await accepted(shop.checkout({ buyerId, cartId }));
  expect((await shop.checkout({ buyerId, cartId })).ok).toBe(false);
  await shop.answers(rejected, 'ReserveStock', 'StockRejected');
  expect(shop.database.committed(ordersTables.carts)).toMatchObject([{ id: cartId, liveOrderId: null }]);
  expect(shop.database.committed(ordersTables.cartLines)).toHaveLength(1);

  const sold = await accepted(shop.checkout({ buyerId, cartId }));
  await shop.answers(sold, 'ReserveStock', 'StockReserved');
  await shop.answers(sold, 'AuthorisePayment', 'PaymentAuthorised');
  expect(shop.database.committed(ordersTables.cartLines)).toEqual([]);
});

test('a buyer calls an order off, and its money goes back before it is CANCELLED', async () => {
  const shop = await aShop();
  const buyerId = newId('usr');
  const id = await accepted(shop.checkout({ buyerId }));
  await shop.answers(id, 'ReserveStock', 'StockReserved');

  const outcome = await shop.app.useCases.cancelOrder({
    actor: { userId: buyerId, keyScope: buyerId, scopes: [] },
    key: 'cancel',
    input: { orderId: id, reason: 'CUSTOMER' },
  });

  expect(outcome).toMatchObject({ ok: true, value: { order: { status: 'CANCELLING' }, replayed: false } });
  await shop.answers(id, 'VoidPayment', 'PaymentVoided');
  await shop.answers(id, 'ReleaseStock', 'StockReleased');
  expect(shop.order(id)?.status).toBe('CANCELLED');
});

test('the sweeper gives up what nobody answers, and has nothing to do otherwise', async () => {
  const shop = await aShop();
  const sweep = shop.app.jobs['sweep-sagas'];
  const id = await accepted(shop.checkout());

  expect(await sweep?.()).toBe(false);
  shop.passes(1_500);

  expect([await sweep?.(), await sweep?.()]).toEqual([true, false]);
  expect(shop.order(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'TIMEOUT' });
});

test('carts go after their day', async () => {
  const shop = await aShop();
  const actor = { userId: null, keyScope: null, scopes: [] };
  const put = await shop.app.useCases.addCartLines({ actor, input: { lines: [{ variantId: mug, quantity: 1 }] } });
  expect(parseId('cart', put.ok && put.value.cart.id)).not.toBeNull();

  shop.passes(31 * 86_400_000);

  expect([await shop.app.jobs['expire-carts']?.(), await shop.app.jobs['expire-carts']?.()]).toEqual([true, false]);
  expect(shop.database.committed(ordersTables.cartLines)).toEqual([]);
});

test('an order that nobody placed cannot be answered for', async () => {
  const shop = await aShop();
  const id = await accepted(shop.checkout());
  const stranger = aReply('StockReserved', newId('cmd'), id);

  await expect(shop.hears('StockReserved', id, stranger.data as MessageData<'StockReserved'>)).rejects.toMatchObject({
    name: 'PoisonEventError',
  });
});
