import { expect, test } from 'vitest';
import { newId, newShardedId } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { aPaymentsWorld, uuid } from './payments-world.ts';

const succeeded = (entries: readonly { operation: string; outcome: string }[]) =>
  entries.filter(({ outcome }) => outcome === 'succeeded').map(({ operation }) => operation);

test('an order is authorised, captured and refunded, each once', async () => {
  await using world = await aPaymentsWorld();

  const order = await world.authorise('tok_ok');
  const authorised = await world.replyTo(order);
  const captured = await world.replyTo(await world.capture(order.orderId));
  const first = await world.replyTo(await world.refund(order.orderId, 400));
  const second = await world.replyTo(await world.refund(order.orderId, 600));
  const third = await world.replyTo(await world.refund(order.orderId, 1));

  expect([authorised, captured, first, second, third].map(({ type }) => type)).toEqual([
    'PaymentAuthorised',
    'PaymentCaptured',
    'PaymentRefunded',
    'PaymentRefunded',
    'RefundFailed',
  ]);
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'REFUNDED', captured: '1000', refunded: '1000' });
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise', 'capture', 'refund', 'refund']);
  expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE SUCCEEDED', 'CAPTURE SUCCEEDED', 'REFUND SUCCEEDED', 'REFUND SUCCEEDED']);
  await world.quiet();
});

test('a charge that timed out after it succeeded is found by enquiry and taken once', async () => {
  await using world = await aPaymentsWorld();

  const order = await world.authorise('tok_timeout_after');
  const reply = await world.replyTo(order);

  expect(reply.type).toBe('PaymentAuthorised');
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentInDoubt', 'PaymentAuthorised']);
  expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE UNKNOWN TIMEOUT', 'ENQUIRE SUCCEEDED']);
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise']);
});

test.each([
  ['tok_declined', 'PaymentDeclined', 'DECLINED', ['AUTHORISE DECLINED card_declined']],
  ['tok_captures_at_once', 'PaymentCaptured', 'CAPTURED', ['AUTHORISE SUCCEEDED']],
  ['tok_garbage', 'PaymentAuthorised', 'AUTHORISED', ['AUTHORISE UNKNOWN UNREADABLE', 'ENQUIRE SUCCEEDED']],
] as const)('%s ends in %s', async (token, type, status, attempts) => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise(token);
  expect((await world.replyTo(order)).type).toBe(type);
  expect(await world.payment(order.orderId)).toMatchObject({ status });
  expect(await world.attempts(order.orderId)).toEqual(attempts);
});

test('a slow provider is waited for', async () => {
  await using world = await aPaymentsWorld({ work: { requestTimeoutMs: 5_000 } });
  const order = await world.authorise('tok_slow_3s');
  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
  expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE SUCCEEDED']);
});

test.each(['tok_timeout_before', 'tok_error'] as const)(
  '%s, never done, is made again with the same key until the deadline and then has failed',
  async (token) => {
    await using world = await aPaymentsWorld();

    const order = await world.authorise(token, { deadlineMs: 3_000 });
    const reply = await world.replyTo(order);

    expect(reply).toMatchObject({ type: 'PaymentFailed', data: { reason: 'PROVIDER_UNAVAILABLE' } });
    const calls = (await world.attempts(order.orderId)).filter((attempt) => attempt.startsWith('AUTHORISE'));
    expect(calls.length).toBeGreaterThan(1);
    const ledger = await world.ledger(order.orderId);
    expect(new Set(ledger.map(({ key }) => key))).toEqual(new Set([`order:${order.orderId}:authorise`]));
    expect(succeeded(ledger)).toEqual([]);
    expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentInDoubt', 'PaymentFailed']);
  },
);

test('a charge that enquiries cannot see for a while is not made twice', async () => {
  await using world = await aPaymentsWorld();
  await world.admin.script({ operation: 'authorise', behaviours: ['unknown-for:1500'] });
  const order = await world.authorise('tok_ok');
  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise']);
});

test('a charge that happens late is found', async () => {
  await using world = await aPaymentsWorld();
  await world.admin.script({ operation: 'authorise', behaviours: ['late:300'] });
  const order = await world.authorise('tok_ok');
  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise']);
});

test('a buyer who has to act is waited for, and found to have acted', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_action_required');
  const action = await eventually(async () => {
    const fact = (await world.facts(order.orderId)).find(({ type }) => type === 'PaymentActionRequired');
    expect(fact?.data).toMatchObject({ commandId: order.commandId, url: expect.stringContaining('/challenges/') as string });
    return fact;
  });
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'REQUIRES_ACTION', action_url: action?.data['url'] });

  await world.admin.approve(String((await world.payment(order.orderId))['provider_ref']));

  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'AUTHORISED', action_url: null });
});

test('a buyer who never acts is voided at the deadline', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_action_required', { deadlineMs: 400 });
  expect(await world.replyTo(order)).toMatchObject({ type: 'PaymentFailed', data: { reason: 'VOIDED' } });
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'VOIDED' });
  expect((await world.ledger(order.orderId)).at(-1)).toMatchObject({ operation: 'void', outcome: 'succeeded' });
});

test('a void does not wait for a buyer who has to act', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_action_required');
  await eventually(async () => expect((await world.payment(order.orderId))['status']).toBe('REQUIRES_ACTION'));
  const undo = await world.void(order.orderId);
  expect((await world.replyTo(undo)).type).toBe('PaymentVoided');
  expect((await world.replyTo(order)).type).toBe('PaymentFailed');
  await world.quiet();
});

test('a void queues behind an authorisation under way, and then voids it', async () => {
  await using world = await aPaymentsWorld({ work: { requestTimeoutMs: 2_000 } });
  await world.admin.script({ operation: 'authorise', behaviours: ['delay:500'] });
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE STARTED']));

  const undo = await world.void(order.orderId);

  expect((await world.replyTo(undo)).type).toBe('PaymentVoided');
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentAuthorised', 'PaymentVoided']);
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise', 'void']);
});

test('a void queues behind a charge in doubt until that is settled', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_timeout_after');
  await eventually(async () => expect((await world.payment(order.orderId))['status']).toBe('IN_DOUBT'));
  const undo = await world.void(order.orderId);
  expect((await world.replyTo(undo)).type).toBe('PaymentVoided');
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentInDoubt', 'PaymentAuthorised', 'PaymentVoided']);
});

test('a void that timed out after it succeeded is found by enquiry', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_void_timeout_after');
  await world.replyTo(order);
  expect((await world.replyTo(await world.void(order.orderId))).type).toBe('PaymentVoided');
  expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE SUCCEEDED', 'VOID UNKNOWN TIMEOUT', 'ENQUIRE SUCCEEDED']);
});

test('a void that comes first leaves a tombstone, and the authorisation after it calls nobody', async () => {
  await using world = await aPaymentsWorld();
  const orderId = newShardedId('ord', 1);
  expect((await world.replyTo(await world.void(orderId))).type).toBe('PaymentVoided');
  const order = await world.authorise('tok_ok', { orderId });
  expect((await world.replyTo(order)).type).toBe('PaymentFailed');
  expect(await world.payment(orderId)).toMatchObject({ status: 'VOIDED', amount: '1000', buyer_id: expect.any(String) as string });
  expect([await world.attempts(orderId), await world.ledger(orderId)]).toEqual([[], []]);
});

test('a void answers what is already over under its own id', async () => {
  await using world = await aPaymentsWorld();
  const declined = await world.authorise('tok_declined');
  await world.replyTo(declined);
  const captured = await world.authorise('tok_captures_at_once');
  await world.replyTo(captured);
  const replies = await Promise.all([declined, captured].map(async ({ orderId }) => world.replyTo(await world.void(orderId))));
  expect(replies.map(({ type }) => type)).toEqual(['PaymentDeclined', 'PaymentCaptured']);
  const voided = await world.authorise('tok_ok');
  await world.replyTo(voided);
  await world.replyTo(await world.void(voided.orderId));
  expect((await world.replyTo(await world.void(voided.orderId))).type).toBe('PaymentVoided');
  expect(succeeded(await world.ledger(voided.orderId))).toEqual(['authorise', 'void']);
});

test('what was captured at once is not captured again', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_captures_at_once');
  await world.replyTo(order);
  expect((await world.replyTo(await world.capture(order.orderId))).type).toBe('PaymentCaptured');
  expect(await world.attempts(order.orderId)).toEqual(['AUTHORISE SUCCEEDED']);
});

test('a capture refused for good leaves the payment authorised until it is voided', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_capture_refused');
  await world.replyTo(order);
  expect(await world.replyTo(await world.capture(order.orderId))).toMatchObject({
    type: 'CaptureRefused',
    data: { reason: 'capture_refused' },
  });
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'AUTHORISED' });
  expect((await world.replyTo(await world.void(order.orderId))).type).toBe('PaymentVoided');
});

test('the capture of an expired authorisation is refused, and there is nothing left to void', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_expires');
  await world.replyTo(order);
  expect(await world.replyTo(await world.capture(order.orderId))).toMatchObject({
    type: 'CaptureRefused',
    data: { reason: 'authorisation_expired' },
  });
  expect((await world.replyTo(await world.void(order.orderId))).type).toBe('PaymentVoided');
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'VOIDED' });
});

test('a capture that timed out after it succeeded is found by enquiry', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_capture_timeout_after');
  await world.replyTo(order);
  expect((await world.replyTo(await world.capture(order.orderId))).type).toBe('PaymentCaptured');
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentAuthorised', 'PaymentInDoubt', 'PaymentCaptured']);
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise', 'capture']);
});

test('a refund that the provider refuses has failed, and the money stays captured', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_refund_fails');
  await world.replyTo(order);
  await world.replyTo(await world.capture(order.orderId));
  const refund = await world.refund(order.orderId, 1_000);
  expect(await world.replyTo(refund)).toMatchObject({ type: 'RefundFailed', data: { refundId: refund.refundId, reason: 'refund_failed' } });
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'CAPTURED', refunded: '0' });
});

test('a refund of unknown outcome counts against the rest until it is settled', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_ok');
  await world.replyTo(order);
  await world.replyTo(await world.capture(order.orderId));
  await world.admin.script({ operation: 'refund', behaviours: ['timeout-after'] });
  const first = await world.refund(order.orderId, 700);
  await eventually(async () => expect(await world.sql.row('SELECT status FROM refund')).toEqual({ status: 'IN_DOUBT' }));
  const second = await world.refund(order.orderId, 400);

  expect([(await world.replyTo(first)).type, (await world.replyTo(second)).type]).toEqual(['PaymentRefunded', 'RefundFailed']);
  expect(await world.payment(order.orderId)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refunded: '700' });
  expect(succeeded(await world.ledger(order.orderId))).toEqual(['authorise', 'capture', 'refund']);
});

test('one refund asked for by two commands is made once and answered twice', async () => {
  await using world = await aPaymentsWorld();
  const order = await world.authorise('tok_captures_at_once');
  await world.replyTo(order);
  const first = await world.refund(order.orderId, 600);
  const second = await world.refund(order.orderId, 600, first.refundId);
  expect([(await world.replyTo(first)).type, (await world.replyTo(second)).type]).toEqual(['PaymentRefunded', 'PaymentRefunded']);
  expect(await world.payment(order.orderId)).toMatchObject({ refunded: '600' });
});

test('somebody else’s method, one that does not exist and no default are declined without a call', async () => {
  await using world = await aPaymentsWorld();
  const { methodId: foreign } = await world.method('tok_ok');
  const orders = [await world.authorise('tok_ok', { methodId: foreign }), await world.authorise('tok_ok', { methodId: newId('pm') })];
  for (const order of orders) {
    expect(await world.replyTo(order)).toMatchObject({ type: 'PaymentDeclined', data: { reason: 'PAYMENT_METHOD_UNAVAILABLE' } });
    expect([await world.attempts(order.orderId), await world.ledger(order.orderId)]).toEqual([[], []]);
  }
  const byDefault = await world.authorise('tok_ok', { methodId: null });
  expect((await world.replyTo(byDefault)).type).toBe('PaymentAuthorised');
});

test('a command delivered five times has one effect', async () => {
  await using world = await aPaymentsWorld();
  const { userId, methodId } = await world.method('tok_ok');
  const orderId = newShardedId('ord', 3);
  const commandId = newId('cmd');
  const eventId = newId('evt');
  const payload = JSON.stringify({
    commandId,
    order: { id: orderId },
    buyer: { id: userId },
    amount: { amount: 1_000, currency: 'EUR' },
    paymentMethodId: methodId,
    deadlineAt: new Date(Date.now() + 9_000).toISOString(),
  });
  for (let time = 0; time < 5; time++) await world.append({ eventId, type: 'AuthorisePayment', key: orderId, payload });
  await world.append({ eventId: newId('evt'), type: 'AuthorisePayment', key: orderId, payload });
  await world.replyTo({ commandId, orderId });
  await world.replyTo(await world.capture(orderId));
  await world.quiet();
  expect((await world.facts(orderId)).map(({ type }) => type)).toEqual(['PaymentAuthorised', 'PaymentCaptured']);
  expect(succeeded(await world.ledger(orderId))).toEqual(['authorise', 'capture']);
});

test('a capture without a payment parks its key and no other', async () => {
  await using world = await aPaymentsWorld();
  const orderId = newShardedId('ord', 5);
  await world.capture(orderId);
  const other = await world.authorise('tok_ok');
  await world.replyTo(other);
  await eventually(async () =>
    expect(await world.sql.rows('SELECT key FROM parked_key WHERE parked_at IS NOT NULL')).toEqual([{ key: orderId }]),
  );
  expect(await world.sql.number('SELECT count(*) FROM payment WHERE order_id = $1', [uuid(orderId)])).toBe(0);
});

test('what the provider says cannot be is parked and never taken for success', async () => {
  await using world = await aPaymentsWorld();
  await world.admin.script({ operation: 'authorise', behaviours: ['timeout-after'] });
  await world.admin.script({ operation: 'enquire', behaviours: ['http:503'] });
  const order = await world.authorise('tok_ok');
  await eventually(async () => expect((await world.payment(order.orderId))['status']).toBe('IN_DOUBT'));
  await world.sql.execute('UPDATE payment SET amount = 999 WHERE order_id = $1', [uuid(order.orderId)]);
  await eventually(async () =>
    expect(await world.payment(order.orderId)).toMatchObject({ status: 'IN_DOUBT', attention: 'MISMATCH amount' }),
  );
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentInDoubt']);
});

test('a hundred orders at once are each charged once', async () => {
  await using world = await aPaymentsWorld({ work: { requestTimeoutMs: 5_000 } });
  const orders = await Promise.all(Array.from({ length: 100 }, () => world.authorise('tok_ok')));
  const captures = await Promise.all(orders.map(({ orderId }) => world.capture(orderId)));
  for (const capture of captures) expect((await world.replyTo(capture)).type).toBe('PaymentCaptured');
  await world.quiet();
  const ledger = await world.admin.ledger();
  expect(succeeded(ledger)).toHaveLength(200);
  expect(new Set(ledger.map(({ key }) => key)).size).toBe(200);
});
