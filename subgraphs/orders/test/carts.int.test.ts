import { newId, parseId, shardOf, shardOfBuyer, toUuid, type Id } from '@tally/kernel';
import { prismaAdapter, sqlOf } from '@tally/subgraph-kit';
import { expect, test } from 'vitest';
import { createExpiredCarts } from '../src/adapters/prisma/carts-store.ts';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { address, cartMutation, type CartPayload, type CartShown } from './buyer.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

const guest = async (world: OrdersWorld, name: 'cartLinesSet' | 'cartLinesAdd', input: Record<string, unknown>): Promise<CartPayload> => {
  const { data } = await world.ask({}, cartMutation(name), { input });
  return data?.[name] as CartPayload;
};
const claimMutation =
  'mutation($id: ID!) { cartClaim(cartId: $id) { cart { id version subtotal { amount } lines { quantity variant { id } lineTotal { amount } } } warnings { code variantId } userErrors { code field } } }';
const quantities = (cart: CartShown | null) =>
  Object.fromEntries((cart?.lines ?? []).map(({ variant, quantity }) => [variant.id, quantity]));

test('twenty parallel first adds to a fresh cart meet in one cart and lose nothing', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 20 }, () => ({})));
  const buyer = world.buyer();

  const answers = await Promise.all(
    variants.map((variantId) =>
      buyer.cart('cartLinesAdd', {
        lines: [
          { variantId, quantity: 1 },
          { variantId: variants[0], quantity: 2 },
        ],
      }),
    ),
  );

  expect(new Set(answers.map(({ cart }) => cart?.id)).size).toBe(1);
  const { cart } = await buyer.cart('cartLinesSet', { lines: [{ variantId: variants[1], quantity: 1 }] });
  expect(cart?.lines).toHaveLength(20);
  expect(quantities(cart)[variants[0]!]).toBe(41);
  expect(cart?.version).toBe(21);
  expect(shardOf(cart?.id as Id<'cart'>)).toBe(shardOfBuyer(buyer.userId));
});

test('twenty parallel adds of one variant all count', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug] = await world.sells({ amount: 150 });
  const buyer = world.buyer();

  await Promise.all(Array.from({ length: 20 }, () => buyer.cart('cartLinesAdd', { lines: [{ variantId: mug, quantity: 1 }] })));

  expect(await world.sql.row('SELECT quantity FROM cart_line')).toEqual({ quantity: 20 });
});

test('setting is absolute and safe to repeat, nothing removes the line', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug, spoon] = await world.sells({ amount: 150 }, { amount: 50 });
  const buyer = world.buyer();
  const set = (quantity: number) =>
    buyer.cart('cartLinesSet', {
      lines: [
        { variantId: mug, quantity },
        { variantId: spoon, quantity: 1 },
      ],
    });

  await set(3);
  const repeated = await set(3);
  expect(repeated.cart).toMatchObject({
    version: 2,
    subtotal: { amount: 500 },
    lines: [{ quantity: 3, lineTotal: { amount: 450 } }, { quantity: 1 }],
  });
  expect(quantities((await set(0)).cart)).toEqual({ [spoon!]: 1 });
});

test('a cart that has moved on refuses an edit that expected it otherwise', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const { cart } = await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 1 }], expectedVersion: 0 });

  const lines = [{ variantId: mug, quantity: 2 }];
  const answers = await Promise.all([1, 2, 3].map(() => buyer.cart('cartLinesSet', { cartId: cart?.id, lines, expectedVersion: 1 })));

  expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual(['CONFLICT', 'CONFLICT']);
  expect(await world.sql.row('SELECT version FROM cart')).toEqual({ version: 2 });
});

test('more than a line or a cart may hold is refused, and nothing of the edit stays', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 251 }, () => ({})));
  const buyer = world.buyer();
  const all = variants.map((variantId) => ({ variantId, quantity: 999 }));
  await buyer.cart('cartLinesSet', { lines: all.slice(0, 250) });
  const before = await world.footprint();

  const tooMany = await buyer.cart('cartLinesAdd', {
    lines: [
      { variantId: variants[0], quantity: 1 },
      { variantId: variants[1], quantity: 2 },
    ],
  });
  const oneMore = await buyer.cart('cartLinesAdd', { lines: all.slice(250) });

  expect(tooMany).toMatchObject({ cart: null, userErrors: [{ code: 'INVALID', field: ['lines', '1', 'quantity'] }] });
  expect(oneMore).toMatchObject({ cart: null, userErrors: [{ code: 'INVALID', field: ['lines'] }] });
  expect(await world.footprint()).toEqual(before);
});

test('a guest’s cart is for whoever knows its id; an owned one is nobody else’s', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug] = await world.sells({});
  const lines = [{ variantId: mug, quantity: 1 }];
  const { cart } = await guest(world, 'cartLinesAdd', { lines });
  const owner = world.buyer();
  const owned = await owner.cart('cartLinesAdd', { lines });
  const show = 'query($id: ID!) { cart(id: $id) { id } }';

  expect((await world.ask({}, show, { id: cart?.id })).data).toEqual({ cart: { id: cart?.id } });
  expect((await world.buyer().cart('cartLinesAdd', { cartId: cart?.id, lines })).cart?.version).toBe(2);
  for (const asker of [{}, { userId: newId('usr') }]) {
    const foreign = await world.ask(asker, show, { id: owned.cart?.id });
    const missing = await world.ask(asker, show, { id: newId('cart') });
    expect(foreign).toEqual(missing);
    expect(foreign).toMatchObject({ data: { cart: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  }
  expect(await guest(world, 'cartLinesSet', { cartId: owned.cart?.id, lines })).toMatchObject({
    cart: null,
    userErrors: [{ code: 'NOT_FOUND', field: ['cartId'] }],
  });
  expect(
    (
      await owner.data<{ _entities: unknown }>('query($r: [_Any!]!) { _entities(representations: $r) { ... on User { cart { id } } } }', {
        r: [
          { __typename: 'User', id: owner.userId },
          { __typename: 'User', id: newId('usr') },
        ],
      })
    )._entities,
  ).toEqual([{ cart: { id: owned.cart?.id } }, null]);
});

test('a guest’s lines become the buyer’s, once', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 65 }, () => ({})));
  const [mug, spoon] = variants;
  const buyer = world.buyer();
  await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 1 }] });
  const { cart } = await guest(world, 'cartLinesSet', { lines: variants.map((variantId) => ({ variantId, quantity: 2 })) });
  const claim = async (by = buyer) => (await by.data<{ cartClaim: CartPayload }>(claimMutation, { id: cart?.id })).cartClaim;

  const claims = await Promise.all([claim(), claim(), claim()]);
  const again = await claim();

  for (const claimed of [...claims, again]) expect(quantities(claimed.cart)).toMatchObject({ [mug!]: 3, [spoon!]: 2 });
  expect(again.cart?.lines).toHaveLength(65);
  expect(await claim(world.buyer())).toMatchObject({ cart: null, userErrors: [{ code: 'NOT_FOUND', field: ['cartId'] }] });
  expect(await guest(world, 'cartLinesSet', { cartId: cart?.id, lines: [{ variantId: mug, quantity: 1 }] })).toMatchObject({
    userErrors: [{ code: 'NOT_FOUND' }],
  });
  const own = (await buyer.data<{ cartClaim: CartPayload }>(claimMutation, { id: again.cart?.id })).cartClaim;
  expect(quantities(own.cart)).toEqual(quantities(again.cart));
});

test('a claim is all or none: a cart that would grow too long stays as it was', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 260 }, () => ({})));
  const buyer = world.buyer();
  const wish = (variantId: Id<'var'>) => ({ variantId, quantity: 1 });
  await buyer.cart('cartLinesSet', { lines: variants.slice(0, 200).map(wish) });
  const { cart } = await guest(world, 'cartLinesSet', { lines: variants.slice(200).map(wish) });
  const before = await world.footprint();

  const { cartClaim } = await buyer.data<{ cartClaim: CartPayload }>(claimMutation, { id: cart?.id });

  expect(cartClaim).toMatchObject({ cart: null, userErrors: [{ code: 'INVALID' }] });
  expect(await world.footprint()).toEqual(before);
});

test('a cart shows prices of now and warns; a quote is what checkout will charge', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug, gone] = await world.sells({ amount: 1_000 }, { amount: 100, sellable: false });
  const buyer = world.buyer();
  const first = await buyer.cart('cartLinesSet', {
    lines: [
      { variantId: mug, quantity: 1 },
      { variantId: gone, quantity: 1 },
    ],
  });
  expect(first.warnings).toEqual([{ code: 'NOT_SELLABLE', variantId: gone }]);
  await world.sql.execute('UPDATE price SET amount = 1200 WHERE variant_id = $1', [toUuid(mug!)]);

  const second = await buyer.cart('cartLinesAdd', { lines: [{ variantId: mug, quantity: 1 }] });
  expect(second.warnings.map(({ code }) => code).sort()).toEqual(['NOT_SELLABLE', 'PRICE_CHANGED']);
  expect(second.cart?.subtotal.amount).toBe(2_500);

  const { cart } = await buyer.cart('cartLinesSet', { lines: [{ variantId: gone, quantity: 0 }] });
  const quote =
    'query($id: ID!, $to: AddressInput!) { cartQuote(cartId: $id, shippingAddress: $to) { subtotal { amount } shipping { amount } tax { amount } discount { amount } total { amount currency } } }';
  const { cartQuote } = await buyer.data<{ cartQuote: { total: { amount: number } } }>(quote, { id: cart?.id, to: address });
  expect(cartQuote).toEqual({
    subtotal: { amount: 2_400 },
    shipping: { amount: 530 },
    tax: { amount: 383 },
    discount: { amount: 0 },
    total: { amount: 2_930, currency: 'EUR' },
  });
  const { order } = await buyer.checkout({ cartId: cart?.id, expectedTotal: cartQuote.total.amount });
  expect(order?.total.amount).toBe(2_930);

  const code = async (variables: object) => (await buyer.ask(quote, { ...variables })).errors?.[0]?.extensions.code;
  expect(await code({ id: cart?.id, to: { ...address, country: 'XX' } })).toBe('BAD_USER_INPUT');
  expect(await code({ id: 'nonsense', to: address })).toBe('BAD_USER_INPUT');
  expect(await code({ id: newId('cart'), to: address })).toBe('NOT_FOUND');
  await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 0 }] });
  expect(await code({ id: cart?.id, to: address })).toBe('BAD_USER_INPUT');
});

test('an edit costs the same with one line or with two hundred', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const variants = await world.sells(...Array.from({ length: 200 }, () => ({})));
  const buyer = world.buyer();
  await buyer.cart('cartLinesSet', { lines: [{ variantId: variants[0], quantity: 1 }] });
  const cost = async (lines: readonly Id<'var'>[]) => {
    world.statements();
    await buyer.cart('cartLinesSet', { lines: lines.map((variantId) => ({ variantId, quantity: 2 })) });
    return world.statements().length;
  };

  expect(await cost(variants.slice(0, 1))).toBe(5);
  expect(await cost(variants)).toBe(5);
});

test('carts past their day are removed, unless an order lives from them', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  const lines = [{ variantId: mug, quantity: 1 }];
  const { cart } = await buyer.cart('cartLinesSet', { lines });
  await guest(world, 'cartLinesSet', { lines });
  const { order } = await buyer.checkout({ cartId: cart?.id });
  await world.sql.execute(`UPDATE cart SET expires_at = now() - interval '1 day'`);

  const client = new PrismaClient({ adapter: prismaAdapter({ url: world.config.databaseUrl, schema: 'orders', maxConnections: 1 }) });
  expect(await createExpiredCarts(sqlOf(client)).remove(10)).toBe(1);
  await client.$disconnect();

  expect(await world.sql.rows('SELECT id FROM cart')).toHaveLength(1);
  expect(await world.sql.number('SELECT count(*) FROM cart_line')).toBe(1);
  expect(await world.statusOf(parseId('ord', order?.id)!)).toBe('PENDING');
});
