import { newId, parseId, toUuid, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createDueSagas } from '../src/adapters/prisma/sagas-store.ts';
import type { Buyer } from './buyer.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

const total = { amount: { amount: 1_530, currency: 'EUR' } };

async function placed(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const [mug] = await world.sells({});
  return parseId('ord', (await buyer.buys(mug!)).id)!;
}
async function reserved(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const id = await placed(world, buyer);
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.becomes(id, 'STOCK_RESERVED');
  return id;
}
async function confirmed(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const id = await reserved(world, buyer);
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), total);
  await world.becomes(id, 'CONFIRMED');
  return id;
}
async function processing(world: OrdersWorld, buyer: Buyer): Promise<Id<'ord'>> {
  const id = await confirmed(world, buyer);
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), total);
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await eventually(async () => (await stepOf(world, id)) === 'ENDED');
  return id;
}
const stepOf = async (world: OrdersWorld, id: Id<'ord'>) =>
  (await world.sql.row('SELECT step FROM saga WHERE order_id = $1', [toUuid(id)]))['step'];
const sequencesOf = async (world: OrdersWorld, topic: string, key: string) =>
  (await world.sql.rows('SELECT sequence::int AS n FROM outbox WHERE topic = $1 AND key = $2 ORDER BY id', [topic, key])).map(({ n }) => n);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test('replies carry an order to PROCESSING; timeline and both streams count without holes', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();

  const id = await processing(world, buyer);

  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment', 'CommitStock', 'CapturePayment']);
  expect(await world.sql.row('SELECT step, outcome, wake_at, needs_attention FROM saga')).toEqual({
    step: 'ENDED',
    outcome: 'SOLD',
    wake_at: null,
    needs_attention: false,
  });
  expect(await sequencesOf(world, 'orders.order.v1', id)).toEqual(upTo(4));
  expect(await sequencesOf(world, 'orders.buyer.v1', buyer.userId)).toEqual(upTo(4));
  expect(await sequencesOf(world, 'products.commands.v1', id)).toEqual(upTo(2));
  expect(await sequencesOf(world, 'payments.commands.v1', id)).toEqual(upTo(2));
  const { order } = await buyer.data<{ order: { timeline: unknown; sequence: number; confirmedAt: string } }>(
    `query($id: ID!) { order(id: $id) { sequence confirmedAt timeline(afterSequence: 1) { sequence previous status order { id } } } }`,
    { id },
  );
  expect(order).toMatchObject({ sequence: 4, confirmedAt: expect.any(String) as string });
  expect(order.timeline).toEqual([
    { sequence: 2, previous: 'PENDING', status: 'STOCK_RESERVED', order: { id } },
    { sequence: 3, previous: 'STOCK_RESERVED', status: 'CONFIRMED', order: { id } },
    { sequence: 4, previous: 'CONFIRMED', status: 'PROCESSING', order: { id } },
  ]);
});

test('a reply that is delivered again, or under another event id, changes nothing', async () => {
  await using world = await anOrdersWorld();
  const id = await reserved(world, world.buyer());
  const reserve = await world.command(id, 'ReserveStock');

  const eventId = newId('evt');
  for (let n = 0; n < 3; n++)
    await world.publish('products.stock.v1', 'StockReserved', id, { commandId: reserve.data.commandId, order: { id } }, eventId);
  await world.reply('StockReserved', reserve);
  await world.orders.caughtUp();

  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment']);
  expect(await world.sql.row('SELECT version, (SELECT count(*)::int FROM order_event) AS events FROM saga')).toEqual({
    version: 2,
    events: 2,
  });
  expect(await world.sql.number('SELECT count(*) FROM parked_key')).toBe(0);
});

test('a reply costs six statements, BEGIN and COMMIT included', async () => {
  await using world = await anOrdersWorld();
  await reserved(world, world.buyer());
  const id = await placed(world, world.buyer());
  const reserve = await world.command(id, 'ReserveStock');
  await world.orders.caughtUp();

  world.statements();
  await world.reply('StockReserved', reserve);
  await world.becomes(id, 'STOCK_RESERVED');
  await world.orders.caughtUp();

  expect(world.statements().filter((text) => !text.includes('FROM saga WHERE wake_at')).length).toBeLessThanOrEqual(6);
});

test('a reply that nothing explains parks its key and moves nothing; other orders go on', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await reserved(world, buyer);
  const authorise = await world.command(id, 'AuthorisePayment');

  await world.reply('PaymentAuthorised', authorise, { amount: { amount: 1, currency: 'EUR' } });
  await eventually(async () => (await world.sql.number('SELECT count(*) FROM parked_key WHERE parked_at IS NOT NULL')) === 1);

  expect(await world.statusOf(id)).toBe('STOCK_RESERVED');
  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment']);
  expect(await world.statusOf(await reserved(world, buyer))).toBe('STOCK_RESERVED');
});

test('a reply about an order that does not exist parks its key; other orders go on', async () => {
  await using world = await anOrdersWorld();
  const unknown = newId('ord');

  await world.publish('products.stock.v1', 'StockReserved', unknown, { commandId: newId('cmd'), order: { id: unknown } });
  await eventually(async () =>
    expect(await world.sql.rows('SELECT key FROM parked_key WHERE parked_at IS NOT NULL')).toEqual([{ key: unknown }]),
  );

  expect(await world.statusOf(await reserved(world, world.buyer()))).toBe('STOCK_RESERVED');
});

test('a charge in doubt holds the stock until an answer settles it', async () => {
  await using world = await anOrdersWorld();
  const id = await reserved(world, world.buyer());
  const authorise = await world.command(id, 'AuthorisePayment');

  await world.reply('PaymentInDoubt', authorise, { operation: 'AUTHORISE' });
  await world.reply('PaymentActionRequired', authorise, { url: 'https://pay.example.test', expiresAt: new Date().toISOString() });
  await world.orders.caughtUp();
  expect(await world.sql.row('SELECT step, in_doubt_since IS NOT NULL AS doubt FROM saga')).toEqual({ step: 'AUTHORISE', doubt: true });

  await world.reply('PaymentDeclined', authorise, { reason: 'insufficient funds' });
  await world.becomes(id, 'PAYMENT_FAILED');
  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment', 'ReleaseStock']);
});

test('an order cancelled while PENDING ends at once; its stock is released, whatever the reservation said', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await placed(world, buyer);
  const reserve = await world.command(id, 'ReserveStock');

  const cancelled = await buyer.cancel(id);
  await world.reply('StockReserved', reserve);
  await world.reply('StockReleased', await world.command(id, 'ReleaseStock'));
  await world.orders.caughtUp();

  expect(cancelled).toMatchObject({
    replayed: false,
    userErrors: [],
    order: { status: 'CANCELLED', cancelReason: 'CUSTOMER', problems: [{ code: 'CANCELLED' }], allowedActions: [] },
  });
  expect(await world.commands(id)).toEqual(['ReserveStock', 'ReleaseStock']);
  expect(await world.sql.number('SELECT count(*) FROM saga_command WHERE answered_at IS NULL')).toBe(0);
});

test('an order cancelled during a charge is CANCELLED once the money is certain, then its stock is free', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await reserved(world, buyer);

  expect((await buyer.cancel(id)).order?.status).toBe('CANCELLING');
  const void_ = await world.command(id, 'VoidPayment');
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), total);
  await world.orders.caughtUp();
  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment', 'VoidPayment']);

  await world.reply('PaymentVoided', void_);
  await world.becomes(id, 'CANCELLED');
  expect(await world.commands(id)).toEqual(['ReserveStock', 'AuthorisePayment', 'VoidPayment', 'ReleaseStock']);
});

test('an order cancelled between capture and commit is refunded, and its stock comes back', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await confirmed(world, buyer);

  expect((await buyer.cancel(id)).order?.status).toBe('CANCELLING');
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), total);
  await world.reply('PaymentCaptured', await world.command(id, 'VoidPayment'), total);
  const refund = await world.command(id, 'RefundPayment');
  expect(refund.data['amount']).toEqual(total.amount);
  await world.reply('PaymentRefunded', refund, { ...total, refundId: refund.data['refundId'] });
  await world.becomes(id, 'CANCELLED');
  expect((await world.commands(id)).slice(4)).toEqual(['VoidPayment', 'RefundPayment', 'ReleaseStock']);
});

test('a sale cancelled before it ships is refunded; a failed refund calls for a person', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await processing(world, buyer);

  expect((await buyer.cancel(id)).order?.status).toBe('CANCELLING');
  const refund = await world.command(id, 'RefundPayment');
  await world.reply('RefundFailed', refund, { refundId: refund.data['refundId'], reason: 'account closed' });
  await eventually(async () => (await world.sql.number('SELECT count(*) FROM saga WHERE needs_attention')) === 1);
  expect(await world.statusOf(id)).toBe('CANCELLING');

  await world.publish('payments.payment.v1', 'PaymentRefunded', id, {
    commandId: null,
    order: { id },
    payment: { id: newId('pay') },
    refundId: newId('ref'),
    ...total,
  });
  await world.becomes(id, 'CANCELLED');
  expect(await world.sql.row('SELECT needs_attention FROM saga')).toEqual({ needs_attention: false });
});

test('a capture refused for good calls the order off', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await confirmed(world, buyer);

  await world.reply('CaptureRefused', await world.command(id, 'CapturePayment'), { reason: 'expired' });
  await world.becomes(id, 'CANCELLING');
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await world.reply('PaymentVoided', await world.command(id, 'VoidPayment'));
  await world.becomes(id, 'CANCELLED');

  expect(await buyer.order(id)).toMatchObject({ cancelReason: 'PAYMENT', problems: [{ code: 'PAYMENT_DECLINED' }] });
  expect(await world.commands(id)).toContain('ReleaseStock');
});

test('a success that comes after the end is taken back', async () => {
  await using world = await anOrdersWorld();
  const id = await reserved(world, world.buyer());
  await world.reply('PaymentDeclined', await world.command(id, 'AuthorisePayment'), { reason: 'no' });
  await world.becomes(id, 'PAYMENT_FAILED');

  const late = { commandId: null, order: { id }, payment: { id: newId('pay') }, ...total };
  await world.publish('payments.payment.v1', 'PaymentAuthorised', id, late);
  await world.reply('PaymentCaptured', await world.command(id, 'VoidPayment'), total);
  const refund = await world.command(id, 'RefundPayment');
  await world.publish('payments.payment.v1', 'PaymentCaptured', id, late);
  await world.reply('PaymentRefunded', refund, { ...total, refundId: refund.data['refundId'] });
  await world.orders.caughtUp();

  expect((await world.commands(id)).slice(2)).toEqual(['ReleaseStock', 'VoidPayment', 'RefundPayment']);
  expect(await world.statusOf(id)).toBe('PAYMENT_FAILED');
});

test('twenty cancellations and a reply at once leave one story', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await placed(world, buyer);
  const reserve = await world.command(id, 'ReserveStock');

  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: 20 }, () => buyer.cancel(id))),
    world.reply('StockReserved', reserve),
  ]);
  await world.orders.caughtUp();

  expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
  for (const { userErrors } of answers) for (const { code } of userErrors) expect(code).toBe('ILLEGAL_TRANSITION');
  const rows = await world.sql.rows('SELECT sequence, previous, status FROM order_event ORDER BY sequence');
  expect(rows.map(({ sequence }) => sequence)).toEqual(upTo(rows.length));
  rows.forEach(({ previous }, n) => expect(previous ?? null).toBe(n === 0 ? null : rows[n - 1]?.['status']));
  expect(new Set(await world.commands(id)).size).toBe((await world.commands(id)).length);
});

test('a cancellation with one key happens once, and says so', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await reserved(world, buyer);
  const key = { idempotencyKey: 'the-same-key' };

  const answers = await Promise.all(Array.from({ length: 5 }, () => buyer.cancel(id, key)));
  const reused = await buyer.cancel(await placed(world, buyer), key);

  for (const { userErrors } of answers) expect(userErrors).toEqual([]);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(reused.userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  expect((await world.commands(id)).filter((type) => type === 'VoidPayment')).toHaveLength(1);
});

test('reasons that only staff or the saga can know are not a buyer’s', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const id = await placed(world, buyer);

  for (const reason of ['FRAUD', 'INVENTORY', 'PAYMENT', 'TIMEOUT']) {
    expect((await buyer.cancel(id, { reason })).userErrors).toMatchObject([{ code: 'INVALID', field: ['reason'] }]);
  }
  expect(await world.statusOf(id)).toBe('PENDING');
});

test('sagas that run out of time are given up by step, by however many sweepers', async () => {
  const deadlines = { reserveMs: 3_600_000, authoriseMs: 3_600_000, completeMs: 3_600_000 };
  await using world = await anOrdersWorld({ config: { deadlines, sweepEveryMs: 20 } });
  const buyer = world.buyer();
  const [silent, unpaid, stuck] = [await placed(world, buyer), await reserved(world, buyer), await confirmed(world, buyer)];

  await world.sql.execute(`UPDATE saga SET deadline_at = now() - interval '1 second', wake_at = now() - interval '1 second'`);

  await world.becomes(silent, 'CANCELLED');
  expect(await buyer.order(silent)).toMatchObject({ cancelReason: 'TIMEOUT', problems: [{ code: 'CANCELLED' }] });
  expect(await world.commands(silent)).toEqual(['ReserveStock', 'ReleaseStock']);
  await world.reply('PaymentVoided', await world.command(unpaid, 'VoidPayment'));
  await world.becomes(unpaid, 'PAYMENT_FAILED');
  expect(await world.commands(unpaid)).toEqual(['ReserveStock', 'AuthorisePayment', 'VoidPayment', 'ReleaseStock']);
  await eventually(async () => (await world.sql.number('SELECT count(*) FROM saga WHERE needs_attention')) === 1);
  expect(await world.statusOf(stuck)).toBe('CONFIRMED');
  expect(await world.sql.number('SELECT count(*) FROM saga WHERE wake_at IS NOT NULL')).toBe(0);
});

test('an order whose stock nobody reserves is given up by itself', async () => {
  const deadlines = { reserveMs: 100, authoriseMs: 3_600_000, completeMs: 3_600_000 };
  // A clock of ours that runs ten minutes late: deadlines are database time.
  await using world = await anOrdersWorld({ config: { deadlines, sweepEveryMs: 20 }, clock: () => new Date(Date.now() - 600_000) });

  await world.becomes(await placed(world, world.buyer()), 'CANCELLED');
});

test('a saga that cannot be swept is looked at again later, and in the end by a person', async () => {
  await using world = await anOrdersWorld({ config: { sweepEveryMs: 20 } });
  const id = await placed(world, world.buyer());
  await world.orders.caughtUp();
  // The sweep of this order fails: the command it would send exists.
  await world.sql.execute(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`);
  await world.sql.execute(`CREATE TRIGGER refuse BEFORE UPDATE OF status ON orders FOR EACH ROW EXECUTE FUNCTION refuse()`);
  await world.sql.execute(`UPDATE saga SET attempts = 9, deadline_at = now() - interval '1 second', wake_at = now() - interval '1 second'`);

  await eventually(
    async () => (await world.sql.number('SELECT count(*) FROM saga WHERE needs_attention AND wake_at IS NULL AND attempts = 10')) === 1,
  );
  expect(await world.statusOf(id)).toBe('PENDING');
});

test('a saga that moves on while its sweep fails keeps the time of its new step', async () => {
  await using world = await anOrdersWorld();
  const due = createDueSagas({
    rows: async <Row extends object>(text: string, values?: readonly unknown[]) => (await world.sql.rows(text, values)) as readonly Row[],
    count: world.sql.execute,
  });
  const [waiting, ended] = [await reserved(world, world.buyer()), await placed(world, world.buyer())];
  await world.reply('StockRejected', await world.command(ended, 'ReserveStock'), { reason: 'SHORT', short: [] });
  await world.becomes(ended, 'REJECTED');
  const times = () => world.sql.rows('SELECT attempts, wake_at, needs_attention FROM saga ORDER BY order_id');
  const before = await times();

  for (const orderId of [waiting, ended]) await due.postpone(orderId, 'its deadline could not be acted on');

  expect(await times()).toEqual(before);
});
