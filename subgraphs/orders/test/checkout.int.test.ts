import { parseId, shardOf, shardOfBuyer, toUuid } from '@tally/kernel';
import { eventually, freshKey } from '@tally/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';
import { anOrdersWorld } from './orders-world.ts';

test('a checkout answers PENDING and leaves order, timeline, saga and the first command, all or none', async () => {
  await using world = await anOrdersWorld();
  const [mug, spoon] = await world.sells({ amount: 1_190, weightGrams: 300 }, { amount: 107, taxClass: 'REDUCED', weightGrams: 0 });
  const buyer = world.buyer();

  const { order, userErrors, replayed } = await buyer.checkout({
    lines: [
      { variantId: mug, quantity: 1 },
      { variantId: spoon, quantity: 1 },
      { variantId: mug, quantity: 1 },
    ],
  });

  expect({ userErrors, replayed }).toEqual({ userErrors: [], replayed: false });
  expect(order).toMatchObject({
    status: 'PENDING',
    sequence: 1,
    subtotal: { amount: 2_487 },
    tax: { amount: 387 },
    shipping: { amount: 530 },
    total: { amount: 3_017 },
    allowedActions: ['CANCEL'],
  });
  const id = parseId('ord', order?.id);
  if (id === null) throw new Error('no order');
  expect(shardOf(id)).toBe(shardOfBuyer(buyer.userId));
  const reserve = await world.command(id, 'ReserveStock');
  expect(reserve).toMatchObject({
    sequence: 1,
    data: {
      lines: [
        { variantId: mug, quantity: 2 },
        { variantId: spoon, quantity: 1 },
      ],
    },
  });
  expect(await world.sql.rows(`SELECT topic, key, sequence::int FROM outbox ORDER BY id`)).toEqual([
    { topic: 'orders.order.v1', key: id, sequence: 1 },
    { topic: 'orders.buyer.v1', key: buyer.userId, sequence: 1 },
    { topic: 'products.commands.v1', key: id, sequence: 1 },
  ]);
  expect(await world.sql.row('SELECT step, version, products_sequence, wake_at > now() AS awaits FROM saga')).toEqual({
    step: 'RESERVE',
    version: 1,
    products_sequence: 1,
    awaits: true,
  });
  expect(await world.sql.row('SELECT sequence, previous, status, buyer_sequence FROM order_event')).toEqual({
    sequence: 1,
    previous: null,
    status: 'PENDING',
    buyer_sequence: 1,
  });
});

test('twenty parallel clicks with one key place one order, and all answers name it', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const input = { lines: [{ variantId: mug, quantity: 1 }], idempotencyKey: freshKey('click') };

  const answers = await Promise.all(Array.from({ length: 20 }, () => buyer.checkout(input)));

  const answered = answers.filter(({ order }) => order !== null);
  expect(new Set(answered.map(({ order }) => order?.id)).size).toBe(1);
  expect(answered.filter(({ replayed }) => !replayed)).toHaveLength(1);
  for (const { order, userErrors } of answers)
    if (order === null) expect(userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_IN_PROGRESS']);
  expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(1);
  expect(await world.sql.number('SELECT count(*) FROM idempotency')).toBe(1);
  expect(await world.sql.number(`SELECT count(*) FROM outbox WHERE type = 'ReserveStock'`)).toBe(1);
});

test('a replay answers before anything is validated or priced, also when the idempotency row has expired', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const input = { lines: [{ variantId: mug, quantity: 1 }], expectedTotal: 1_530, idempotencyKey: freshKey('key') };
  const first = await buyer.checkout(input);
  await world.sql.execute(`UPDATE price SET amount = 9999, sellable = false`);

  const again = await buyer.checkout({ ...input, wait: 'SETTLED' });
  await world.sql.execute('DELETE FROM idempotency');
  const muchLater = await buyer.checkout(input);
  const reused = await buyer.checkout({ ...input, lines: [{ variantId: mug, quantity: 2 }] });

  expect(first.replayed).toBe(false);
  expect(again).toMatchObject({ replayed: true, order: { id: first.order?.id }, userErrors: [] });
  expect(muchLater).toMatchObject({ replayed: true, order: { id: first.order?.id } });
  expect(reused).toMatchObject({ order: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(1);
});

test('a replay of an order that was declined or short shows that outcome and tries nothing again', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const [declined, short] = [freshKey('declined'), freshKey('short')].map((idempotencyKey) => ({
    lines: [{ variantId: mug, quantity: 1 }],
    idempotencyKey,
  }));
  const [first, second] = [await buyer.checkout(declined!), await buyer.checkout(short!)].map(({ order }) => parseId('ord', order?.id)!);
  await world.reply('StockReserved', await world.command(first!, 'ReserveStock'));
  await world.reply('PaymentDeclined', await world.command(first!, 'AuthorisePayment'), { reason: 'card_declined' });
  await world.becomes(first!, 'PAYMENT_FAILED');
  await world.reply('StockRejected', await world.command(second!, 'ReserveStock'), {
    reason: 'SHORT',
    short: [{ variant: { id: mug }, requested: 1, available: 0 }],
  });
  await world.becomes(second!, 'REJECTED');
  const sent = await world.sql.number('SELECT count(*) FROM saga_command');

  const replays = [await buyer.checkout({ ...declined, wait: 'SETTLED' }), await buyer.checkout({ ...short, wait: 'SETTLED' })];
  await world.orders.caughtUp();

  expect(replays).toMatchObject([
    { replayed: true, order: { id: first, status: 'PAYMENT_FAILED', problems: [{ code: 'PAYMENT_DECLINED' }] } },
    { replayed: true, order: { id: second, status: 'REJECTED', problems: [{ code: 'INSUFFICIENT_STOCK' }] } },
  ]);
  expect(await world.sql.number('SELECT count(*) FROM saga_command')).toBe(sent);
  expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(2);
});

test('a key is its buyer’s own', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const input = { lines: [{ variantId: mug, quantity: 1 }], idempotencyKey: freshKey('key') };

  const [mine, theirs] = [await world.buyer().checkout(input), await world.buyer().checkout(input)];

  expect(theirs.replayed).toBe(false);
  expect(theirs.order?.id).not.toBe(mine.order?.id);
});

test('a refusal leaves the key free', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({ amount: 1_000 });
  const buyer = world.buyer();
  const input = { lines: [{ variantId: mug, quantity: 1 }], expectedTotal: 999, idempotencyKey: freshKey('key') };

  const refused = await buyer.checkout(input);
  await world.sql.execute('UPDATE price SET amount = 469');

  expect(refused).toMatchObject({
    order: null,
    userErrors: [
      {
        __typename: 'PriceChangedError',
        code: 'PRICE_CHANGED',
        expected: { amount: 999, currency: 'EUR' },
        actual: { amount: 1_530, currency: 'EUR', fractionDigits: 2 },
      },
    ],
  });
  expect(await buyer.checkout(input)).toMatchObject({ replayed: false, order: { total: { amount: 999 } } });
});

test('the price taken at checkout is the price charged', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({ amount: 1_000 });
  const buyer = world.buyer();
  const { id } = await buyer.buys(mug!);

  await world.sql.execute('UPDATE price SET amount = 5000, title = $1', ['Cup']);

  const { order } = await buyer.data<{ order: unknown }>(
    `query($id: ID!) { order(id: $id) { total { amount } shippingAddress { city country } lines { title sku quantity unitPrice { amount } lineTotal { amount } variant { id } seller { id } } } }`,
    { id },
  );
  expect(order).toMatchObject({
    total: { amount: 1_530 },
    shippingAddress: { city: 'Berlin', country: 'DE' },
    lines: [{ title: 'Mug 0', sku: 'SKU-0', quantity: 1, unitPrice: { amount: 1_000 }, variant: { id: mug } }],
  });
});

test('every line that cannot be sold is named', async () => {
  await using world = await anOrdersWorld();
  const [mug, gone, foreign] = await world.sells({}, { sellable: false }, { currency: 'USD' });
  const unknown = 'var_01930000000070008000000000000001';

  const { order, userErrors } = await world
    .buyer()
    .checkout({ lines: [mug, gone, unknown, foreign].map((variantId) => ({ variantId, quantity: 1 })) });

  expect(order).toBeNull();
  expect(userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual([
    ['NOT_SELLABLE', 'lines.1.variantId'],
    ['NOT_FOUND', 'lines.2.variantId'],
    ['NOT_FOUND', 'lines.3.variantId'],
  ]);
});

test('one cart has one live order; confirmation takes what was ordered and leaves what came later', async () => {
  await using world = await anOrdersWorld();
  const [mug, spoon] = await world.sells({}, {});
  const buyer = world.buyer();
  const { cart } = await buyer.cart('cartLinesSet', {
    lines: [
      { variantId: mug, quantity: 2 },
      { variantId: spoon, quantity: 1 },
    ],
  });

  const first = await buyer.checkout({ cartId: cart?.id });
  const second = await buyer.checkout({ cartId: cart?.id });
  expect(second).toMatchObject({ order: { id: first.order?.id }, userErrors: [{ code: 'CONFLICT', field: ['cartId'] }] });
  await buyer.cart('cartLinesAdd', { cartId: cart?.id, lines: [{ variantId: mug, quantity: 3 }] });

  const id = parseId('ord', first.order?.id)!;
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), {
    amount: { amount: first.order?.total.amount, currency: 'EUR' },
  });
  await world.becomes(id, 'CONFIRMED');

  const { me } = await buyer.data<{ me: { lines: unknown } }>(
    `query($id: ID!) { me: cart(id: $id) { lines { quantity variant { id } } } }`,
    { id: cart?.id },
  );
  expect(me.lines).toEqual([{ quantity: 3, variant: { id: mug } }]);
  expect((await buyer.checkout({ cartId: cart?.id })).order?.id).not.toBe(id);
});

test('an order that fails gives the cart back as it was', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const { cart } = await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 2 }] });
  const { order } = await buyer.checkout({ cartId: cart?.id });
  const id = parseId('ord', order?.id)!;

  await world.reply('StockRejected', await world.command(id, 'ReserveStock'), {
    reason: 'SHORT',
    short: [{ variant: { id: mug }, requested: 2, available: 1 }],
  });
  await world.becomes(id, 'REJECTED');

  expect((await buyer.order(id)).problems).toMatchObject([
    { __typename: 'InsufficientStockError', code: 'INSUFFICIENT_STOCK', variant: { id: mug }, requested: 2, available: 1 },
  ]);
  expect(await world.sql.row('SELECT live_order_id FROM cart')).toEqual({ live_order_id: null });
  expect((await buyer.checkout({ cartId: cart?.id })).order?.status).toBe('PENDING');
});

test('twenty parallel checkouts of one cart with different keys place one order', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const { cart } = await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 2 }] });

  const answers = await Promise.all(Array.from({ length: 20 }, () => buyer.checkout({ cartId: cart?.id })));

  const placed = answers.filter(({ userErrors }) => userErrors.length === 0);
  expect(placed).toHaveLength(1);
  for (const { userErrors, order } of answers.filter((answer) => answer !== placed[0])) {
    expect(userErrors.map(({ code }) => code)).toEqual(['CONFLICT']);
    expect(order?.id).toBe(placed[0]?.order?.id);
  }
  expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(1);
});

test('SETTLED answers as soon as the order is confirmed, and shows why when it is not', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const lines = [{ variantId: mug, quantity: 1 }];
  const newest = async () =>
    parseId(
      'ord',
      (await world.sql.row(`SELECT 'ord_' || replace(id::text, '-', '') AS id FROM orders ORDER BY counter DESC LIMIT 1`))['id'],
    )!;

  const buying = buyer.checkout({ lines, wait: 'SETTLED' });
  const id = await eventually(newest);
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), { amount: { amount: 1_530, currency: 'EUR' } });
  expect((await buying).order).toMatchObject({ id, status: 'CONFIRMED', confirmedAt: expect.any(String) as string });

  const short = buyer.checkout({ lines, wait: 'SETTLED' });
  const other = await eventually(async () => ((await newest()) === id ? false : newest()));
  await world.reply('StockRejected', await world.command(other, 'ReserveStock'), {
    reason: 'SHORT',
    short: [{ variant: { id: mug }, requested: 1, available: 0 }],
  });
  expect(await short).toMatchObject({
    order: { status: 'REJECTED' },
    userErrors: [{ __typename: 'InsufficientStockError', requested: 1, available: 0 }],
  });
});

test('SETTLED does not wait longer than it says', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const started = performance.now();

  const { order } = await world.buyer().checkout({ lines: [{ variantId: mug, quantity: 1 }], wait: 'SETTLED' });

  expect(order?.status).toBe('PENDING');
  expect(performance.now() - started).toBeGreaterThan(440);
});

test('a checkout that waits for another with its key says so after 450 ms', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const key = freshKey('held');
  const holder = new pg.Client({ connectionString: world.database.urls.orders.app });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`INSERT INTO idempotency (scope, operation, key, fingerprint, result) VALUES ($1, 'checkout', $2, 'other', '{}')`, [
    buyer.userId,
    key,
  ]);

  const input = { lines: [{ variantId: mug, quantity: 1 }], idempotencyKey: key };
  const held = await buyer.checkout(input);
  await holder.query('ROLLBACK');
  await holder.end();

  expect(held).toMatchObject({ order: null, userErrors: [{ code: 'IDEMPOTENCY_IN_PROGRESS', field: ['idempotencyKey'] }] });
  expect((await buyer.checkout(input)).order?.status).toBe('PENDING');
});

test('orders of one buyer number their stream without holes, however many at once', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();

  await Promise.all(Array.from({ length: 12 }, () => buyer.buys(mug!)));

  const rows = await world.sql.rows('SELECT buyer_sequence FROM order_event WHERE buyer_id = $1 ORDER BY 1', [toUuid(buyer.userId)]);
  expect(rows.map(({ buyer_sequence: n }) => n)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  expect(await world.sql.number(`SELECT count(DISTINCT sequence) FROM outbox WHERE topic = 'orders.buyer.v1'`)).toBe(12);
});

test('a checkout of lines costs eight statements in its transaction and around it, whatever the number of lines', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 40 }, () => ({})));
  const buyer = world.buyer();
  await buyer.buys(variants[0]!);
  const countFor = async (ids: readonly (typeof variants)[number][]) => {
    world.statements();
    await buyer.buys(...ids);
    return world.statements().length;
  };

  expect(await countFor(variants.slice(0, 1))).toBeLessThanOrEqual(8);
  expect(await countFor(variants)).toBeLessThanOrEqual(8);
});
