import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createWorkQueue } from '../src/adapters/prisma/work-queue.ts';
import { createSimulatorProvider } from '../src/adapters/simulator/payment-provider.ts';
import type { PaymentProvider } from '../src/ports/payment-provider.ts';
import { aPaymentsWorld, quickWork, uuid, type PaymentsWorld } from './payments-world.ts';

/** The simulator's adapter whose first authorise call waits at a gate: before it is made, or after it was answered. */
function gated(at: 'before' | 'after') {
  const gate = Promise.withResolvers<undefined>();
  const inner = Promise.withResolvers<PaymentProvider>();
  let first = true;
  const provider: PaymentProvider = {
    name: 'simulator',
    state: 'ok',
    async authorise(request) {
      const real = await inner.promise;
      const waits = first;
      first = false;
      if (waits && at === 'before') await gate.promise;
      const answer = await real.authorise(request);
      if (waits && at === 'after') await gate.promise;
      return answer;
    },
    capture: async (request) => (await inner.promise).capture(request),
    void: async (request) => (await inner.promise).void(request),
    refund: async (request) => (await inner.promise).refund(request),
    enquire: async (request) => (await inner.promise).enquire(request),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    provider,
    open: () => {
      gate.resolve(undefined);
    },
    connect(world: PaymentsWorld): PaymentProvider {
      const { requestTimeoutMs: timeoutMs, breakAfter, halfOpenMs } = quickWork;
      const real = createSimulatorProvider({
        url: world.simulatorUrl,
        concurrency: 8,
        timeoutMs,
        breakAfter,
        halfOpenMs,
        onBreakerChange: () => undefined,
      });
      inner.resolve(real);
      return real;
    },
  };
}

/** The worker's process stops: its lease runs out in database time, and nothing renews it. */
const leaseRunsOut = (world: PaymentsWorld) =>
  world.sql.execute(`UPDATE payment_operation SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL`);

test('a worker that dies between reply and record: an enquiry finds the charge, and the zombie’s result is refused', async () => {
  const gate = gated('after');
  await using world = await aPaymentsWorld({ provider: gate.provider });
  await using _ = gate.connect(world);
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.ledger(order.orderId)).toHaveLength(1));

  await leaseRunsOut(world);
  const reply = await world.replyTo(order);
  gate.open();
  await world.replyTo(await world.capture(order.orderId));

  expect(reply.type).toBe('PaymentAuthorised');
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentAuthorised', 'PaymentCaptured']);
  expect((await world.attempts(order.orderId)).slice(0, 2)).toEqual(['AUTHORISE UNKNOWN INTERRUPTED', 'ENQUIRE SUCCEEDED']);
  expect((await world.ledger(order.orderId)).map(({ operation }) => operation)).toEqual(['authorise', 'capture']);
  await world.quiet();
});

test('a worker that dies before its call: the enquiry finds nothing, and the call is made again with the same key', async () => {
  const gate = gated('before');
  await using world = await aPaymentsWorld({ provider: gate.provider });
  await using _ = gate.connect(world);
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE STARTED']));

  await leaseRunsOut(world);
  const reply = await world.replyTo(order);
  gate.open();
  await world.quiet();

  expect(reply.type).toBe('PaymentAuthorised');
  const [interrupted, ...enquiries] = await world.attempts(order.orderId);
  expect([interrupted, enquiries.pop()]).toEqual(['AUTHORISE UNKNOWN INTERRUPTED', 'AUTHORISE SUCCEEDED']);
  expect(new Set(enquiries)).toEqual(new Set(['ENQUIRE SUCCEEDED NOT_FOUND']));
  expect((await world.ledger(order.orderId)).map(({ operation, key }) => [operation, key])).toEqual([
    ['authorise', `order:${order.orderId}:authorise`],
  ]);
});

test('while the provider is asked no transaction is open, and the orders behind it go on', async () => {
  const gate = gated('before');
  await using world = await aPaymentsWorld({ provider: gate.provider });
  await using _ = gate.connect(world);
  const held = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.attempts(held.orderId)).toEqual(['AUTHORISE STARTED']));

  // Enough of them that some share the partition of the one that waits.
  const others = await Promise.all(Array.from({ length: 32 }, () => world.authorise('tok_ok')));

  for (const order of others) expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
  expect(await world.attempts(held.orderId)).toEqual(['AUTHORISE STARTED']);
  await eventually(async () =>
    expect(
      await world.sql.number(
        `SELECT count(*) FROM pg_stat_activity WHERE usename = 'payments' AND datname = current_database() AND state LIKE 'idle in transaction%'`,
      ),
    ).toBe(0),
  );
  gate.open();
  expect((await world.replyTo(held)).type).toBe('PaymentAuthorised');
});

test('a worker that dies between claim and call leaves nothing to enquire after', async () => {
  await using world = await aPaymentsWorld({ work: { pollMs: 60_000 } });
  await world.stop();
  const order = await world.authorise('tok_ok');
  await world.restart({ pollMs: 25 });
  await world.replyTo(order);
  await world.sql.execute(
    `UPDATE payment_operation SET state = 'READY', lease_until = now() - interval '1 s', fence = fence + 1, done_at = NULL`,
  );
  await world.sql.execute(`DELETE FROM payment_attempt`);
  await eventually(async () => expect(await world.sql.number(`SELECT count(*) FROM payment_operation WHERE state = 'DONE'`)).toBe(1));
  // The payment was authorised by then: the state answers, and nobody is called.
  expect(await world.attempts(order.orderId)).toEqual([]);
  expect(await world.ledger(order.orderId)).toHaveLength(1);
});

test('a lease that was lost before the call keeps the call from being made', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_ok');
  await world.replyTo(order);
  await world.stop();
  await world.sql.execute(
    `INSERT INTO payment_operation (payment_id, command_id, operation, call, key, state) SELECT id, gen_random_uuid(), 'VOID', 'VOID', 'k', 'READY' FROM payment`,
  );
  const queue = createWorkQueue({
    rows: async <Row extends object>(text: string, values?: readonly unknown[]) => (await world.sql.rows(text, values)) as readonly Row[],
    count: world.sql.execute,
  });
  const [work] = await queue.claim('CALLS', 10, 30_000);
  expect(await queue.claim('CALLS', 10, 30_000)).toEqual([]);
  await leaseRunsOut(world);
  const [other] = await queue.claim('ENQUIRIES', 10, 30_000);
  if (work === undefined || other === undefined) throw new Error('nothing was claimed');

  expect([other.fence - work.fence, other.interrupted]).toEqual([1, false]);
  expect(await queue.openAttempt(work, 'VOID')).toBeNull();
  expect(await queue.openAttempt(other, 'VOID')).toBe(2);
  await queue.renew([work], 60_000);
  expect(await world.sql.number(`SELECT count(*) FROM payment_operation WHERE lease_until > now() + interval '31 s'`)).toBe(0);
  await queue.renew([other], 60_000);
  expect(await world.sql.number(`SELECT count(*) FROM payment_operation WHERE lease_until > now() + interval '31 s'`)).toBe(1);
});

test('commands that came while payments was down are carried out when it is back, in their order', async () => {
  await using world = await aPaymentsWorld();
  await world.stop();
  const order = await world.authorise('tok_ok');
  const capture = await world.capture(order.orderId);
  const undo = await world.void(order.orderId);

  await world.restart();

  const replies = [await world.replyTo(order), await world.replyTo(capture), await world.replyTo(undo)].map(({ type }) => type);
  // The void may overtake what was certainly not sent yet; either way nothing stays captured or held.
  expect([
    ['PaymentAuthorised', 'PaymentCaptured', 'PaymentCaptured'],
    ['PaymentAuthorised', 'CaptureRefused', 'PaymentVoided'],
    ['PaymentFailed', 'CaptureRefused', 'PaymentVoided'],
  ]).toContainEqual(replies);
  await world.quiet();
});

test('a provider that is away: nothing was sent, the breaker opens, and at the deadline the payment has failed', async () => {
  await using world = await aPaymentsWorld({ simulatorUrl: 'http://127.0.0.1:1', work: { breakAfter: 2, halfOpenMs: 60_000 } });
  const order = await world.authorise('tok_ok', { deadlineMs: 600 });
  expect(await world.replyTo(order)).toMatchObject({ type: 'PaymentFailed', data: { reason: 'PROVIDER_UNAVAILABLE' } });
  const attempts = await world.attempts(order.orderId);
  expect(attempts.slice(0, 3)).toEqual([
    'AUTHORISE ERROR ECONNREFUSED',
    'AUTHORISE ERROR ECONNREFUSED',
    'AUTHORISE CIRCUIT_OPEN CIRCUIT_OPEN',
  ]);
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentFailed']);
});

test('a void does not wait for an authorisation that is certainly not sent', async () => {
  await using world = await aPaymentsWorld({ simulatorUrl: 'http://127.0.0.1:1', work: { retryMs: [60_000] } });
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.attempts(order.orderId)).toHaveLength(1));
  const undo = await world.void(order.orderId);
  expect((await world.replyTo(undo)).type).toBe('PaymentVoided');
  expect(await world.replyTo(order)).toMatchObject({ type: 'PaymentFailed', data: { reason: 'VOIDED' } });
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'VOIDED' });
});

test('a void that comes while the call is under way hurries what the call leaves behind', async () => {
  await using world = await aPaymentsWorld({ work: { enquiryMs: [60_000] } });
  await world.admin.script({ operation: 'authorise', behaviours: ['timeout-after'] });
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.attempts(order.orderId)).toHaveLength(1));

  const undo = await world.void(order.orderId);

  expect((await world.replyTo(undo)).type).toBe('PaymentVoided');
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'VOIDED' });
});

test('a doubt lasts as long as the provider says nothing, beyond any deadline', async () => {
  await using world = await aPaymentsWorld();
  await world.admin.script({ operation: 'authorise', behaviours: ['timeout-after'] });
  await world.admin.script({ operation: 'enquire', behaviours: Array.from({ length: 8 }, () => 'http:503') });
  const order = await world.authorise('tok_ok', { deadlineMs: 300 });
  await eventually(async () => expect((await world.attempts(order.orderId)).length).toBeGreaterThan(5));
  expect(await world.sql.row('SELECT status FROM payment WHERE order_id = $1', [uuid(order.orderId)])).toEqual({ status: 'IN_DOUBT' });
  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
});
