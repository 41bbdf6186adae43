import { toUuid, type Id } from '@tally/kernel';
import { eventually, freshKey, openSql, type ClonedDatabase } from '@tally/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnswerError } from '../src/client/graph.ts';
import { documentOf } from '../src/client/documents.ts';
import { createPeople, type People } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

const subgraphs = ['products', 'orders', 'payments', 'users', 'notifications'] as const;
const stack = new AsyncDisposableStack();
let database: ClonedDatabase;
let system: InOneProcess;
let world: World;
let people: People;
let operator: string;
let variantId: string;

beforeAll(async () => {
  database = stack.use(await cloneEmptyShop());
  system = stack.use(await startInOneProcess(database, { limits: 'load' }));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
  operator = await people.token({ scopes: ['operations:read', 'operations:write', 'orders:read:any', 'payments:read'] });
  const { variants } = await (await people.staff()).createProduct({ stock: [100] });
  variantId = variants[0]?.id ?? '';
}, 60_000);
afterAll(() => stack.disposeAsync(), 60_000);

type Node = Readonly<Record<string, unknown>>;
type Lists = Readonly<Record<string, { readonly totalCount: number; readonly edges: readonly { readonly node: Node }[] } | null>>;

/** Sends a document of operations/ as the operator, or as somebody else. */
async function send(name: string, variables: Node = {}, token = operator): Promise<{ data: Node | null; errors: readonly AnswerError[] }> {
  const query = documentOf(name as 'Trouble');
  const { data, errors } = await world.graph.post(JSON.stringify({ query, variables }), { token });
  return { data: data as Node | null, errors };
}
async function listOf(name: 'Trouble' | 'ParkedKeys' | 'Interventions', field: string): Promise<readonly Node[]> {
  const { data, errors } = await send(name, { first: 100 });
  expect(errors).toEqual([]);
  return (data?.['trouble'] as Lists)[field]?.edges.map(({ node }) => node) ?? [];
}
const reason = { reason: 'seen by the test' } as const;
const one = [{ variantId: '', quantity: 1 }];
const order = async (token: string): Promise<{ readonly id: Id<'ord'>; readonly shopper: Shopper }> => {
  const shopper = await people.buyer();
  await shopper.addPaymentMethod(token);
  const { id } = await shopper.order({ lines: one.map((line) => ({ ...line, variantId })) });
  return { id: id as Id<'ord'>, shopper };
};

test('a refund that failed for good is seen, asked for once more, made, and on record', async () => {
  printOnFailure(() => system.logs());
  const { id, shopper } = await order('tok_refund_fails');
  await shopper.until(id, 'PROCESSING');
  await shopper.cancel(id);
  const seen = await eventually(
    async () => {
      const found = (await listOf('Trouble', 'orders')).find(({ orderId }) => orderId === id);
      expect(found).toMatchObject({
        step: 'CANCELLING',
        attention: expect.stringMatching(/^refund failed: /) as string,
        order: { status: 'CANCELLING' },
      });
      return found;
    },
    { timeoutMs: 20_000 },
  );
  expect(seen).toBeDefined();
  await world.simulator.script({ operation: 'refund', behaviours: ['approve'] });

  const { data, errors } = await send('SagaRetry', { input: { orderId: id, idempotencyKey: freshKey('retry'), ...reason } });

  expect(errors).toEqual([]);
  expect(data).toMatchObject({ sagaRetry: { done: 'REFUND_AGAIN', outstanding: [{ type: 'RefundPayment' }], userErrors: [] } });
  await shopper.until(id, 'CANCELLED');
  const { captured, refunded } = await world.witnessed(id);
  expect([captured.length, refunded.length]).toEqual([1, 1]);
  expect(await listOf('Trouble', 'orders')).toEqual([]);
  expect((await listOf('Interventions', 'ordersInterventions'))[0]).toMatchObject({ action: 'sagaRetry', subject: id, ...reason });
});

test('a payment in doubt is seen, and a person’s word ends it: the order goes on, and nobody is charged twice', async () => {
  printOnFailure(() => system.logs());
  await world.simulator.script({ operation: 'enquire', behaviours: Array.from({ length: 4 }, () => 'http:500') });
  const { id, shopper } = await order('tok_timeout_after');
  const seen = await eventually(
    async () => {
      const found = (await listOf('Trouble', 'payments')).find(({ orderId }) => orderId === id);
      expect(found).toMatchObject({ operation: 'AUTHORISE', payment: { status: 'IN_DOUBT' } });
      return found;
    },
    { timeoutMs: 20_000 },
  );
  const [granted] = (await world.witnessed(id)).authorised;
  const input = {
    ...{
      paymentId: seen?.['paymentId'],
      found: 'AUTHORISED',
      amount: granted?.amount,
      currency: 'EUR',
      providerRef: granted?.authorisation,
    },
    ...{ idempotencyKey: freshKey('settle'), ...reason },
  };

  await eventually(async () => {
    const { data, errors } = await send('PaymentSettle', { input });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ paymentSettle: { userErrors: [] } });
  });

  await shopper.until(id, 'PROCESSING');
  expect((await world.witnessed(id)).captured).toHaveLength(1);
  expect((await listOf('Interventions', 'paymentsInterventions'))[0]).toMatchObject({ action: 'paymentSettle', ...reason });
  await world.simulator.clearScript();
});

test('an enquiry that is brought forward ends a doubt at once', async () => {
  await world.simulator.script({ operation: 'enquire', behaviours: Array.from({ length: 3 }, () => 'http:500') });
  const { id, shopper } = await order('tok_timeout_after');
  const paymentId = await eventually(
    async () => {
      const found = (await listOf('Trouble', 'payments')).find(({ orderId }) => orderId === id);
      expect(found?.['enquiries']).toBeGreaterThanOrEqual(1);
      return found?.['paymentId'];
    },
    { timeoutMs: 30_000 },
  );
  await world.simulator.clearScript();

  await send('PaymentEnquire', { paymentId, ...reason });

  await shopper.until(id, 'PROCESSING');
  expect((await listOf('Interventions', 'paymentsInterventions'))[0]).toMatchObject({ action: 'paymentEnquire', subject: paymentId });
});

test('parked keys of every subgraph are seen in one answer and handled again', async () => {
  for (const subgraph of subgraphs) {
    await using sql = await openSql(database.urls[subgraph].app);
    await sql.execute(
      `INSERT INTO parked_key (consumer, topic, key, parked_at, letters) VALUES ($1, 'users.user.v1', 'parked by the test', now(), 0)`,
      [subgraph],
    );
  }
  for (const subgraph of subgraphs) {
    expect((await listOf('ParkedKeys', `${subgraph}Parked`)).map(({ consumer, key }) => [consumer, key])).toEqual([
      [subgraph, 'parked by the test'],
    ]);
    const capital = `${subgraph.charAt(0).toUpperCase()}${subgraph.slice(1)}Redrive`;
    const { data, errors } = await send(capital, { topic: 'users.user.v1', ...reason });
    expect(errors).toEqual([]);
    expect(data?.[`${subgraph}Redrive`]).toMatchObject({ parked: [{ consumer: subgraph, key: 'parked by the test' }], userErrors: [] });
    expect((await listOf('Interventions', `${subgraph}Interventions`))[0]).toMatchObject({
      action: 'redrive',
      subject: 'users.user.v1',
      ...reason,
    });
  }
  // Users consumes nothing, so nobody is there to redrive it.
  await eventually(async () => {
    const left = await Promise.all(subgraphs.map(async (name) => [name, (await listOf('ParkedKeys', `${name}Parked`)).length]));
    expect(Object.fromEntries(left)).toEqual({ products: 0, orders: 0, payments: 0, users: 1, notifications: 0 });
  });
});

test('what waits for a person is counted', async () => {
  const { id, shopper } = await order('tok_refund_fails');
  await shopper.until(id, 'PROCESSING');
  await shopper.cancel(id);
  await eventually(async () => expect(await system.metric('sagas_needing_attention')).toBe(1), { timeoutMs: 20_000 });
  await using sql = await openSql(database.urls.orders.app);
  await sql.execute('UPDATE saga SET needs_attention = false, attention = NULL WHERE order_id = $1', [toUuid(id)]);
  expect(await system.metric('payments_in_doubt')).toBe(0);
});

test('whoever lacks the scope gets nothing of it and changes nothing', async () => {
  const buyer = await people.token();
  const watcher = await people.token({ scopes: ['operations:read'] });
  for (const name of ['Trouble', 'ParkedKeys', 'Interventions']) {
    const { data, errors } = await send(name, {}, buyer);
    expect(data?.['trouble'] ?? null).toBeNull();
    expect(errors.map(({ extensions }) => extensions?.code)).toContain('FORBIDDEN');
  }
  const input = { orderId: 'ord_x', idempotencyKey: 'k', ...reason };
  for (const token of [buyer, watcher]) {
    for (const [name, variables] of [
      ['SagaRetry', { input }],
      ['PaymentEnquire', { paymentId: 'pay_x', ...reason }],
      ['OrdersRedrive', { topic: 'users.user.v1', ...reason }],
    ] as const) {
      const { data, errors } = await send(name, variables, token);
      expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    }
  }
});
