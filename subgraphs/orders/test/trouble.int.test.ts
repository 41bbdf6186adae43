import { newId, parseId, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { anOrdersWorld, type Asker, type OrdersWorld } from './orders-world.ts';

const staff: Asker = { userId: newId('usr'), scopes: ['operations:read', 'operations:write', 'orders:read:any', 'orders:fulfil'] };
const total = { amount: { amount: 1_530, currency: 'EUR' } };

const view = `query($first: Int = 20, $after: String) { trouble {
  orders(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
    orderId order { id status } step attention deadlineAt outstanding { id type }
  } } }
  ordersInterventions { totalCount edges { node { actor action subject reason details } } }
  ordersParked { totalCount edges { node { consumer key letters } } }
} }`;
const retry = `mutation($input: SagaRetryInput!) { sagaRetry(input: $input) { order { id } done outstanding { type } replayed userErrors { code field message } } }`;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[];
}
type Trouble = Readonly<Record<'orders' | 'ordersInterventions' | 'ordersParked', Page>>;
interface Retried {
  readonly done: string | null;
  readonly replayed: boolean;
  readonly outstanding: readonly { readonly type: string }[];
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] }[];
}

async function troubleOf(world: OrdersWorld, variables = {}): Promise<Trouble> {
  const { data, errors } = await world.ask(staff, view, variables);
  expect(errors).toBeUndefined();
  return data?.['trouble'] as Trouble;
}
async function retried(world: OrdersWorld, change: object, asker = staff): Promise<Retried> {
  const { data, errors } = await world.ask(asker, retry, {
    input: { reason: 'payments is back', idempotencyKey: newId('evt'), ...change },
  });
  expect(errors).toBeUndefined();
  return data?.['sagaRetry'] as Retried;
}

async function confirmed(world: OrdersWorld): Promise<Id<'ord'>> {
  const [mug] = await world.sells({});
  const id = parseId('ord', (await world.buyer().buys(mug!)).id)!;
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), total);
  await world.becomes(id, 'CONFIRMED');
  return id;
}
const wake = (world: OrdersWorld) => world.sql.execute(`UPDATE saga SET deadline_at = now() - interval '1 s', wake_at = now()`);
const untilTroubled = (world: OrdersWorld) =>
  eventually(async () => {
    const { orders } = await troubleOf(world);
    expect(orders.totalCount).toBe(1);
    return orders.edges[0]!.node;
  });

async function withLostRefund(world: OrdersWorld): Promise<Id<'ord'>> {
  const id = await confirmed(world);
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), total);
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await world.becomes(id, 'PROCESSING');
  const cancel = `mutation($input: OrderCancelInput!) { orderCancel(input: $input) { userErrors { code } } }`;
  const { data } = await world.ask(staff, cancel, { input: { orderId: id, reason: 'FRAUD', idempotencyKey: newId('evt') } });
  expect(data).toEqual({ orderCancel: { userErrors: [] } });
  const asked = await world.command(id, 'RefundPayment');
  await world.reply('RefundFailed', asked, { refundId: asked.data['refundId'], reason: 'ACCOUNT_CLOSED' });
  return id;
}

test('a refund that failed is seen, asked for once more under another id, and ends the order; the record says who did it', async () => {
  await using world = await anOrdersWorld();
  const id = await withLostRefund(world);
  const first = await world.command(id, 'RefundPayment');
  expect(await untilTroubled(world)).toEqual({
    ...{ orderId: id, order: { id, status: 'CANCELLING' }, step: 'CANCELLING', attention: 'refund failed: ACCOUNT_CLOSED' },
    ...{ deadlineAt: null, outstanding: [] },
  });

  const wish = { orderId: id, idempotencyKey: newId('evt') };
  const answers = await Promise.all([retried(world, wish), retried(world, wish), retried(world, wish)]);

  expect(answers.filter(({ replayed, done }) => !replayed && done === 'REFUND_AGAIN')).toHaveLength(1);
  const sent = (await world.commands(id)).filter((type) => type === 'RefundPayment');
  expect(sent).toHaveLength(2);
  const second = await world.command(id, 'RefundPayment');
  expect(second.data['refundId']).not.toBe(first.data['refundId']);
  const { orders, ordersInterventions } = await troubleOf(world);
  expect(orders.totalCount).toBe(0);
  expect(ordersInterventions.edges.map(({ node }) => ({ ...node, details: JSON.parse(String(node['details'])) as unknown }))).toEqual([
    {
      ...{ actor: staff.userId, action: 'sagaRetry', subject: id, reason: 'payments is back' },
      details: {
        ...{ done: 'REFUND_AGAIN', step: 'CANCELLING', attention: 'refund failed: ACCOUNT_CLOSED' },
        sent: [{ id: second.data.commandId, type: 'RefundPayment' }],
      },
    },
  ]);
  await world.reply('PaymentRefunded', second, { refundId: second.data['refundId'], ...total });
  await world.becomes(id, 'CANCELLED');
  expect(await retried(world, wish)).toMatchObject({
    replayed: true,
    done: 'REFUND_AGAIN',
    outstanding: [{ type: 'ReleaseStock' }],
    userErrors: [],
  });
});

test('an order past its day is given another, and what is missing is told', async () => {
  await using world = await anOrdersWorld();
  const id = await confirmed(world);
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await eventually(async () => expect(await world.sql.number('SELECT count(*) FROM saga WHERE committed')).toBe(1));
  await wake(world);
  expect(await untilTroubled(world)).toMatchObject({
    step: 'COMPLETE',
    attention: 'no answer to CapturePayment',
    outstanding: [{ type: 'CapturePayment' }],
  });

  expect(await retried(world, { orderId: id })).toMatchObject({ done: 'EXTENDED', outstanding: [{ type: 'CapturePayment' }] });

  expect(await world.sql.row(`SELECT needs_attention, wake_at > now() + interval '23 hours' AS later FROM saga`)).toEqual({
    needs_attention: false,
    later: true,
  });
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), total);
  await world.becomes(id, 'PROCESSING');
});

test('a deadline that could not be acted on is acted on again', async () => {
  await using world = await anOrdersWorld();
  const [mug] = await world.sells({});
  const id = parseId('ord', (await world.buyer().buys(mug!)).id)!;
  await world.sql.execute(
    `UPDATE saga SET needs_attention = true, attention = 'its deadline could not be acted on', attempts = 10, wake_at = NULL, deadline_at = now() - interval '1 s'`,
  );

  expect(await retried(world, { orderId: id })).toMatchObject({ done: 'RESUMED' });

  await world.becomes(id, 'CANCELLED');
});

test('nothing happens without trouble, a reason, a key or the scope', async () => {
  await using world = await anOrdersWorld();
  const id = await confirmed(world);
  const before = await world.footprint();
  const codes = async (change: object) => (await retried(world, change)).userErrors.map(({ code, field }) => [code, ...field]);

  expect(await codes({ orderId: id })).toEqual([['CONFLICT', 'orderId']]);
  expect(await codes({ orderId: newId('ord') })).toEqual([['NOT_FOUND', 'orderId']]);
  expect(await codes({ orderId: 'x' })).toEqual([['INVALID', 'orderId']]);
  expect(await codes({ orderId: id, reason: '\n' })).toEqual([['INVALID', 'reason']]);
  expect(await codes({ orderId: id, idempotencyKey: '' })).toEqual([['INVALID', 'idempotencyKey']]);
  for (const scopes of [['orders:fulfil', 'orders:read:any'], ['operations:read']]) {
    const answer = await world.ask({ userId: newId('usr'), scopes }, retry, { input: { orderId: id, reason: 'x', idempotencyKey: 'k' } });
    expect([answer.data, answer.errors?.map(({ extensions }) => extensions.code)]).toEqual([{ sagaRetry: null }, ['FORBIDDEN']]);
  }
  const blind = await world.ask({ userId: newId('usr'), scopes: ['orders:read:any'] }, view);
  expect([blind.data, blind.errors?.map(({ extensions }) => extensions.code)]).toEqual([{ trouble: null }, ['FORBIDDEN']]);
  expect(await world.footprint()).toEqual(before);
});

test('who may see trouble but no orders gets their ids', async () => {
  await using world = await anOrdersWorld();
  const id = await withLostRefund(world);
  await untilTroubled(world);
  const { data, errors } = await world.ask({ userId: newId('usr'), scopes: ['operations:read'] }, view);
  expect(errors).toBeUndefined();
  expect((data?.['trouble'] as Trouble).orders.edges[0]?.node).toMatchObject({ orderId: id, order: null });
});

test('pages follow each other and cost the same whatever their size', async () => {
  await using world = await anOrdersWorld();
  const ids = await Promise.all([1, 2, 3].map(() => confirmed(world)));
  await wake(world);
  await eventually(async () => expect((await troubleOf(world)).orders.totalCount).toBe(3));

  const first = (await troubleOf(world, { first: 2 })).orders;
  const second = (await troubleOf(world, { first: 2, after: first.pageInfo.endCursor })).orders;

  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  expect(new Set([...first.edges, ...second.edges].map(({ node }) => node['orderId']))).toEqual(new Set(ids));
  const cost = async (variables: object) => {
    world.statements();
    await troubleOf(world, variables);
    return world.statements().filter((text) => text.includes('needs_attention') || text.includes('FROM orders')).length;
  };
  expect(await cost({ first: 3 })).toBe(await cost({ first: 1 }));
  expect((await world.ask(staff, view, { after: 'x' })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});
