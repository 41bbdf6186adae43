import { newId, newShardedId, type Id } from '@tally/kernel';
import { expect, test } from 'vitest';
import { seedPaymentMethods } from '../../../prisma/payments/seed.ts';
import { aPaymentsWorld, aUser, uuid, type Order, type PaymentsWorld } from './payments-world.ts';

const paymentQuery = `query ($id: ID!) { payment(id: $id) {
  id status provider createdAt updatedAt order { id } nextAction { url expiresAt }
  amount { amount currency fractionDigits } captured { amount } refunded { amount } refunds { id status reason amount { amount currency } createdAt }
} }`;
const attemptsQuery = `query ($id: ID!) { payment(id: $id) { attempts { id number operation outcome providerRef errorCode latencyMs at } } }`;
const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Order { id paymentStatus payments { id status amount { amount } refunds { id } } }
  ... on Payment { id status }
  ... on User { id paymentMethods { id kind provider brand last4 isDefault } }
} }`;
const add = `mutation ($input: PaymentMethodInput!) { paymentMethodAdd(input: $input) { paymentMethod { id kind provider isDefault } userErrors { code message field } } }`;
const remove = `mutation ($id: ID!) { paymentMethodRemove(id: $id) { paymentMethod { id } userErrors { code message field } } }`;

const staff = aUser(newId('usr'), 'payments:read');
const idOf = async (world: PaymentsWorld, { orderId }: Order) => `pay_${String((await world.payment(orderId))['id']).replaceAll('-', '')}`;

async function aPaidOrder(world: PaymentsWorld): Promise<Order> {
  const order = await world.authorise('tok_captures_at_once');
  await world.replyTo(order);
  return order;
}

test('a buyer sees the payment of their order', async () => {
  await using world = await aPaymentsWorld();
  const order = await aPaidOrder(world);
  const refund = await world.refund(order.orderId, 250);
  await world.replyTo(refund);
  const id = await idOf(world, order);

  const { data, codes } = await world.ask(aUser(order.buyerId), paymentQuery, { id });

  expect(codes).toEqual([]);
  expect(data).toMatchObject({
    payment: {
      id,
      status: 'PARTIALLY_REFUNDED',
      provider: 'simulator',
      order: { id: order.orderId },
      nextAction: null,
      amount: { amount: 1_000, currency: 'EUR', fractionDigits: 2 },
      captured: { amount: 1_000 },
      refunded: { amount: 250 },
      refunds: [{ id: refund.refundId, status: 'SUCCEEDED', reason: 'cancelled', amount: { amount: 250, currency: 'EUR' } }],
    },
  });
});

test('what was said to the provider is for payments:read alone', async () => {
  await using world = await aPaymentsWorld();
  const order = await aPaidOrder(world);
  const id = await idOf(world, order);

  const asBuyer = await world.ask(aUser(order.buyerId), attemptsQuery, { id });
  const asStaff = await world.ask(staff, attemptsQuery, { id });

  expect(asBuyer).toMatchObject({ codes: ['FORBIDDEN'], data: { payment: { attempts: null } } });
  expect(asStaff.data).toMatchObject({
    payment: {
      attempts: [
        {
          number: 1,
          operation: 'AUTHORISE',
          outcome: 'SUCCEEDED',
          errorCode: null,
          providerRef: expect.stringContaining('auth_') as string,
        },
      ],
    },
  });
});

test('A10: a payment of somebody else and one that does not exist look alike', async () => {
  await using world = await aPaymentsWorld();
  const order = await aPaidOrder(world);
  const id = await idOf(world, order);
  const answers = await Promise.all([
    world.ask(aUser(), paymentQuery, { id }),
    world.ask({ kind: 'anonymous' }, paymentQuery, { id }),
    world.ask(aUser(), paymentQuery, { id: newId('pay') }),
    world.ask(staff, paymentQuery, { id: newId('pay') }),
  ]);
  for (const { data, codes } of answers) expect({ data, codes }).toEqual({ data: { payment: null }, codes: ['NOT_FOUND'] });
});

test('A10: an order shows its payment to its buyer and to payments:read, on every entry', async () => {
  await using world = await aPaymentsWorld();
  const order = await aPaidOrder(world);
  const id = await idOf(world, order);
  const representations = [
    { __typename: 'Order', id: order.orderId },
    { __typename: 'Payment', id },
    { __typename: 'Order', id: newShardedId('ord', 1) },
    { __typename: 'Order', id: 'ord_nonsense' },
    { __typename: 'Payment', id: 'pay_nonsense' },
    { __typename: 'User', id: 'usr_nonsense' },
  ];
  const seen = {
    id: order.orderId,
    paymentStatus: 'CAPTURED',
    payments: [{ id, status: 'CAPTURED', amount: { amount: 1_000 }, refunds: [] }],
  };
  const unseen = { id: order.orderId, paymentStatus: null, payments: null };
  const unknown = { id: representations[2]?.id, paymentStatus: null, payments: null };

  const ask = async (caller: Parameters<PaymentsWorld['ask']>[0]) =>
    (await world.ask(caller, entities, { representations })).data?.['_entities'];

  for (const caller of [aUser(order.buyerId), staff])
    expect(await ask(caller)).toEqual([seen, { id, status: 'CAPTURED' }, unknown, null, null, null]);
  for (const caller of [aUser(), { kind: 'anonymous' } as const])
    expect(await ask(caller)).toEqual([unseen, null, unknown, null, null, null]);
});

test('a void that stands alone is no payment that anybody sees', async () => {
  await using world = await aPaymentsWorld();
  const orderId = newShardedId('ord', 1);
  await world.replyTo(await world.void(orderId));
  const { data, codes } = await world.ask(staff, entities, { representations: [{ __typename: 'Order', id: orderId }] });
  expect({ data, codes }).toEqual({ data: { _entities: [{ id: orderId, paymentStatus: null, payments: null }] }, codes: [] });
});

test('a buyer keeps methods, the first is the default, and adding one twice keeps one', async () => {
  await using world = await aPaymentsWorld();
  const userId = newId('usr');
  const keep = async (token: string, makeDefault?: boolean) =>
    (
      await world.ask(aUser(userId), add, {
        input: { provider: 'simulator', token, ...(makeDefault === undefined ? {} : { makeDefault }) },
      })
    ).data?.['paymentMethodAdd'];
  const list = async () => {
    const { data } = await world.ask(aUser(userId), entities, { representations: [{ __typename: 'User', id: userId }] });
    return (data?.['_entities'] as { paymentMethods: { id: string; isDefault: boolean }[] }[])[0]?.paymentMethods ?? [];
  };

  const first = (await keep('tok_ok')) as { paymentMethod: { id: string; isDefault: boolean } };
  const same = await keep('tok_ok');
  const second = (await keep('tok_declined', true)) as { paymentMethod: { id: string } };

  expect(first).toMatchObject({ paymentMethod: { kind: 'SIMULATOR', isDefault: true }, userErrors: [] });
  expect(same).toEqual(first);
  expect(await list()).toMatchObject([
    { id: second.paymentMethod.id, isDefault: true },
    { id: first.paymentMethod.id, isDefault: false },
  ]);

  await world.ask(aUser(userId), remove, { id: second.paymentMethod.id });
  expect(await list()).toMatchObject([{ id: first.paymentMethod.id, isDefault: true }]);
});

test('twenty first methods at once leave one default', async () => {
  await using world = await aPaymentsWorld();
  const userId = newId('usr');
  const tokens = Array.from({ length: 20 }, (_, n) => `tok_n${String(n % 10)}`);
  const answers = await Promise.all(tokens.map((token) => world.ask(aUser(userId), add, { input: { provider: 'simulator', token } })));
  expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
  expect(
    await world.sql.row('SELECT count(*)::int AS methods, count(*) FILTER (WHERE is_default)::int AS defaults FROM payment_method'),
  ).toEqual({ methods: 10, defaults: 1 });
});

test('nobody sees the methods of another user, staff included', async () => {
  await using world = await aPaymentsWorld();
  const { userId } = await world.method('tok_ok');
  for (const caller of [aUser(), staff, { kind: 'anonymous' } as const]) {
    const { data } = await world.ask(caller, entities, { representations: [{ __typename: 'User', id: userId }] });
    expect(data).toEqual({ _entities: [{ id: userId, paymentMethods: null }] });
  }
});

test('orders under way keep the token of a method that was removed', async () => {
  await using world = await aPaymentsWorld({ work: { retryMs: [200] } });
  await world.stop();
  const order = await world.authorise('tok_ok');
  await world.restart();
  await world.replyTo(order);
  await world.ask(aUser(order.buyerId), remove, { id: order.methodId });
  expect((await world.replyTo(await world.capture(order.orderId))).type).toBe('PaymentCaptured');
});

test('seeding methods twice is seeding them once', async () => {
  await using world = await aPaymentsWorld();
  const methods = [{ id: newId('pm'), userId: newId('usr'), token: 'tok_ok', isDefault: true }];
  expect([await seedPaymentMethods({ url: world.urls.app, methods }), await seedPaymentMethods({ url: world.urls.app, methods })]).toEqual([
    1, 0,
  ]);
});

test('statements do not grow with the page', async () => {
  await using world = await aPaymentsWorld();
  const userId = newId('usr');
  const orders = Array.from({ length: 100 }, () => newShardedId('ord', 1));
  await world.sql.execute(
    `INSERT INTO payment (id, order_id, buyer_id, provider, token, status, amount, currency, captured) SELECT gen_random_uuid(), o::uuid, $2, 'simulator', 'tok_ok', 'CAPTURED', 1000, 'EUR', 1000 FROM unnest($1::text[]) AS o`,
    [orders.map(uuid), uuid(userId)],
  );
  const count = async (some: readonly Id<'ord'>[]) => {
    await world.ask(aUser(userId, 'payments:read'), aliased, { representations: some.map((id) => ({ __typename: 'Order', id })) });
    world.statements.length = 0;
    const { codes } = await world.ask(aUser(userId, 'payments:read'), aliased, {
      representations: some.map((id) => ({ __typename: 'Order', id })),
    });
    expect(codes).toEqual([]);
    return world.statements.filter((text) => text !== 'SELECT 1' && !text.includes('payment_operation')).length;
  };
  const aliased = `query ($representations: [_Any!]!) {
    a: _entities(representations: $representations) { ... on Order { paymentStatus payments { id refunds { id } attempts { id } } } }
    b: _entities(representations: $representations) { ... on Order { paymentStatus payments { id refunds { id } attempts { id } } } }
  }`;

  expect([await count(orders.slice(0, 1)), await count(orders.slice(0, 10)), await count(orders)]).toEqual([3, 3, 3]);
});

test('an order costs a counted number of statements', async () => {
  await using world = await aPaymentsWorld({ work: { pollMs: 60_000 } });
  const warm = await world.authorise('tok_ok');
  await world.replyTo(warm);
  await world.replyTo(await world.capture(warm.orderId));

  world.statements.length = 0;
  const order = await world.authorise('tok_ok');
  await world.replyTo(order);
  await world.replyTo(await world.capture(order.orderId));

  // Twice: command (BEGIN, inbox, queue, COMMIT), claim, attempt, result (BEGIN, write, sequence, outbox, COMMIT).
  expect(world.statements.length).toBe(22);
});
