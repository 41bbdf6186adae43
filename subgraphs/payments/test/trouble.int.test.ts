import { newId, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { aPaymentsWorld, aUser, type PaymentsWorld } from './payments-world.ts';

const staff = aUser(newId('usr'), 'operations:read', 'operations:write', 'payments:read');

const view = `query($first: Int = 20, $after: String) { trouble {
  payments(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
    paymentId orderId operation attention enquiries nextEnquiryAt attempts payment { status }
  } } }
  paymentsInterventions { totalCount edges { node { actor action subject reason details } } }
  paymentsParked { totalCount edges { node { consumer topic key letters errorClass error } } }
} }`;
const enquire = `mutation($id: ID!, $reason: String!) { paymentEnquire(paymentId: $id, reason: $reason) { payment { id } userErrors { code field message } } }`;
const settle = `mutation($input: PaymentSettleInput!) { paymentSettle(input: $input) { replayed payment { id status captured { amount } } userErrors { code field message } } }`;

interface Trouble {
  readonly payments: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[];
  };
  readonly paymentsInterventions: {
    readonly totalCount: number;
    readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[];
  };
  readonly paymentsParked: { readonly totalCount: number; readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[] };
}

/** Doubts stay: the first enquiry is due long after the test. */
const stubborn = { work: { enquiryMs: [3_600_000] } };

const troubleOf = async (world: PaymentsWorld, variables = {}): Promise<Trouble> => {
  const { data, codes } = await world.ask(staff, view, variables);
  expect(codes).toEqual([]);
  return data?.['trouble'] as Trouble;
};

async function inDoubt(world: PaymentsWorld) {
  const order = await world.authorise('tok_timeout_after');
  await eventually(async () => {
    expect((await world.payment(order.orderId))['status']).toBe('IN_DOUBT');
  });
  const id = `pay_${String((await world.payment(order.orderId))['id']).replaceAll('-', '')}` as Id<'pay'>;
  return { ...order, id };
}

const settlement = (id: string, change = {}) => ({
  input: {
    ...{ paymentId: id, found: 'AUTHORISED', amount: 1_000, currency: 'EUR', providerRef: 'auth_seen', reason: 'seen in the books' },
    idempotencyKey: newId('evt'),
    ...change,
  },
});

test('a payment in doubt is shown, and an enquiry that is brought forward ends it', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const { id, orderId } = await inDoubt(world);

  const { payments } = await troubleOf(world);
  expect(payments.edges.map(({ node }) => node)).toEqual([
    {
      ...{ paymentId: id, orderId, operation: 'AUTHORISE', attention: null, enquiries: 0, attempts: 1 },
      nextEnquiryAt: expect.any(String) as string,
      payment: { status: 'IN_DOUBT' },
    },
  ]);

  const asked = await world.ask(staff, enquire, { id, reason: 'the provider is back' });
  expect(asked.data).toEqual({ paymentEnquire: { payment: { id }, userErrors: [] } });
  await eventually(async () => {
    expect((await world.payment(orderId))['status']).toBe('AUTHORISED');
  });
  const after = await troubleOf(world);
  expect(after.payments.totalCount).toBe(0);
  expect(after.paymentsInterventions.edges.map(({ node }) => node)).toEqual([
    {
      ...{ actor: staff.kind === 'user' ? staff.userId : '', action: 'paymentEnquire', subject: id, reason: 'the provider is back' },
      details: '{"operation":"AUTHORISE"}',
    },
  ]);
  const again = await world.ask(staff, enquire, { id, reason: 'once more' });
  expect(again.data).toMatchObject({ paymentEnquire: { payment: null, userErrors: [{ code: 'CONFLICT', field: ['paymentId'] }] } });
});

test('a person’s word ends a doubt once, as an enquiry would, and late workers write nothing', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const { id, orderId, commandId } = await inDoubt(world);
  const wish = settlement(id);

  const [one, two] = await Promise.all([world.ask(staff, settle, wish), world.ask(staff, settle, wish)]);
  const third = await world.ask(staff, settle, wish);

  const answers = [one, two, third].map(
    ({ data }) => data?.['paymentSettle'] as { replayed: boolean; userErrors: unknown[]; payment: unknown },
  );
  expect(answers.filter(({ replayed, userErrors }) => !replayed && userErrors.length === 0)).toHaveLength(1);
  expect(answers[2]).toEqual({ replayed: true, userErrors: [], payment: { id, status: 'AUTHORISED', captured: { amount: 0 } } });
  expect((await world.facts(orderId)).map(({ type, data }) => [type, data.commandId])).toEqual([
    ['PaymentInDoubt', commandId],
    ['PaymentAuthorised', commandId],
  ]);
  expect(await world.sql.number('SELECT count(*) FROM intervention')).toBe(1);
  const { payments, paymentsInterventions } = await troubleOf(world);
  expect(payments.totalCount).toBe(0);
  expect(JSON.parse(String(paymentsInterventions.edges[0]?.node['details']))).toMatchObject({
    found: 'AUTHORISED',
    operation: 'AUTHORISE',
    was: 'IN_DOUBT',
  });
  expect(await world.ask(staff, settle, { input: { ...wish.input, found: 'VOIDED' } })).toMatchObject({
    data: { paymentSettle: { userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] } },
  });
});

test('what does not end the doubt is refused and leaves nothing', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const { id } = await inDoubt(world);
  const refused = async (change: object) => {
    const { data } = await world.ask(staff, settle, settlement(id, change));
    return (data?.['paymentSettle'] as { userErrors: readonly { code: string; field: readonly string[] }[] }).userErrors.map(
      ({ code, field }) => [code, ...field],
    );
  };

  expect(await refused({ amount: 999 })).toEqual([['INVALID', 'input', 'amount']]);
  expect(await refused({ found: 'REFUNDED' })).toEqual([['INVALID', 'input', 'found']]);
  expect(await refused({ providerRef: null })).toEqual([['INVALID', 'input', 'providerRef']]);
  expect(await refused({ reason: ' ' })).toEqual([['INVALID', 'input', 'reason']]);
  expect(await refused({ idempotencyKey: '' })).toEqual([['INVALID', 'input', 'idempotencyKey']]);
  expect(await refused({ paymentId: 'pay_x' })).toEqual([['INVALID', 'input', 'paymentId']]);
  expect(await refused({ paymentId: newId('pay') })).toEqual([['NOT_FOUND', 'input', 'paymentId']]);
  expect(await world.sql.number('SELECT count(*) FROM intervention')).toBe(0);
  expect(await world.sql.number(`SELECT count(*) FROM idempotency`)).toBe(0);
  await world.sql.execute(`UPDATE payment_operation SET lease_until = now() + interval '1 minute'`);
  expect(await refused({})).toEqual([['CONFLICT', 'input', 'paymentId']]);
});

test('a parked operation is shown with its reason, asked about again, and ended', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const { id, orderId } = await inDoubt(world);
  await world.sql.execute(`UPDATE payment_operation SET state = 'PARKED'`);
  await world.sql.execute(`UPDATE payment SET attention = 'MISMATCH amount'`);
  expect((await troubleOf(world)).payments.edges[0]?.node).toMatchObject({ attention: 'MISMATCH amount', nextEnquiryAt: null });

  await world.ask(staff, enquire, { id, reason: 'their books are corrected' });

  await eventually(async () => {
    expect(await world.payment(orderId)).toMatchObject({ status: 'AUTHORISED', attention: null });
  });
});

test('pages follow each other; their statements do not grow with them', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const made = await Promise.all([1, 2, 3].map(() => inDoubt(world)));
  const first = (await troubleOf(world, { first: 2 })).payments;
  const second = (await troubleOf(world, { first: 2, after: first.pageInfo.endCursor })).payments;
  expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([3, true, false]);
  expect(new Set([...first.edges, ...second.edges].map(({ node }) => node['paymentId']))).toEqual(new Set(made.map(({ id }) => id)));

  const count = async (variables: object) => {
    world.statements.length = 0;
    await troubleOf(world, variables);
    return world.statements.filter((text) => /^(WITH|SELECT)/.test(text) && !text.includes('lease_until')).length;
  };
  expect(await count({ first: 3 })).toBe(await count({ first: 1 }));
  const foreign = await world.ask(staff, view, { after: 'x' });
  expect(foreign.codes).toContain('BAD_USER_INPUT');
  expect((await world.ask(staff, view, { first: 0 })).codes).toContain('BAD_USER_INPUT');
});

describe('parked keys', () => {
  const redrive = `mutation($topic: String!, $key: String, $reason: String!) { paymentsRedrive(topic: $topic, key: $key, reason: $reason) { parked { consumer topic key } userErrors { code field } } }`;
  const topic = 'payments.commands.v1';

  test('are shown with what waits, redriven, and the wish is on record', async () => {
    await using world = await aPaymentsWorld();
    const orderId = newId('ord');
    await world.capture(orderId);
    await eventually(async () => {
      expect((await troubleOf(world)).paymentsParked.edges.map(({ node }) => node)).toEqual([
        { consumer: 'payments', topic, key: orderId, letters: 1, errorClass: 'PoisonEventError', error: expect.any(String) as string },
      ]);
    });

    const asked = await world.ask(staff, redrive, { topic, key: orderId, reason: 'the payment is there now' });

    expect(asked.data).toEqual({ paymentsRedrive: { parked: [{ consumer: 'payments', topic, key: orderId }], userErrors: [] } });
    expect((await troubleOf(world)).paymentsInterventions.edges[0]?.node).toMatchObject({
      action: 'redrive',
      subject: `${topic} ${orderId}`,
    });
    expect(await world.ask(staff, redrive, { topic, key: newId('ord'), reason: 'x' })).toMatchObject({
      data: { paymentsRedrive: { userErrors: [{ code: 'NOT_FOUND' }] } },
    });
    for (const bad of [{ topic: 'constructor' }, { topic, reason: '' }])
      expect(await world.ask(staff, redrive, { reason: 'x', ...bad })).toMatchObject({
        data: { paymentsRedrive: { userErrors: [{ code: 'INVALID' }] } },
      });
  });

  test('a row that the log refused is one of them', async () => {
    await using world = await aPaymentsWorld({ roles: ['api'] });
    await world.sql.execute(
      `INSERT INTO outbox (event_id, topic, key, sequence, type, payload, attempts, parked_at) VALUES
       (gen_random_uuid(), 'payments.payment.v1', 'k', 1, 'PaymentVoided', '{}', 5, now()), (gen_random_uuid(), 'payments.payment.v1', 'k', 2, 'PaymentVoided', '{}', 0, NULL)`,
    );
    expect((await troubleOf(world)).paymentsParked.edges.map(({ node }) => node)).toEqual([
      {
        ...{ consumer: null, topic: 'payments.payment.v1', key: 'k', letters: 2 },
        errorClass: 'RecordRefused',
        error: 'the event log refused it 5 times',
      },
    ]);
  });
});

test('who lacks the scope sees nothing and does nothing', async () => {
  await using world = await aPaymentsWorld(stubborn);
  const { id, orderId } = await inDoubt(world);
  for (const [caller, code] of [
    [aUser(newId('usr'), 'payments:read'), 'FORBIDDEN'],
    [{ kind: 'anonymous' } as const, 'UNAUTHENTICATED'],
  ] as const) {
    expect(await world.ask(caller, view)).toMatchObject({ data: { trouble: null }, codes: [code] });
    expect(await world.ask(caller, enquire, { id, reason: 'x' })).toMatchObject({ data: { paymentEnquire: null }, codes: [code] });
    expect(await world.ask(caller, settle, settlement(id))).toMatchObject({ data: { paymentSettle: null }, codes: [code] });
  }
  const watcher = aUser(newId('usr'), 'operations:read');
  expect((await world.ask(watcher, enquire, { id, reason: 'x' })).codes).toEqual(['FORBIDDEN']);
  expect(await world.payment(orderId)).toMatchObject({ status: 'IN_DOUBT' });
  expect(await world.sql.number('SELECT count(*) FROM intervention')).toBe(0);
});
