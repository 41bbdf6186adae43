import { expect, test } from 'vitest';
import { aSimulator } from './simulator-world.ts';

test('a payment is authorised, captured and refunded in parts, and each step stands in the ledger', async () => {
  await using world = await aSimulator();

  const authorised = await world.authorise('tok_ok', { key: 'a' });
  const path = `/authorisations/${authorised.body.id}`;
  const captured = await world.post(`${path}/capture`, 'c', { amount: 1_000, currency: 'EUR' });
  const partly = await world.post(`${path}/refunds`, 'r1', { amount: 400, currency: 'EUR' });
  const fully = await world.post(`${path}/refunds`, 'r2', { amount: 600, currency: 'EUR' });

  expect(authorised).toMatchObject({
    status: 201,
    body: { order: 'ord_1', amount: 1_000, currency: 'EUR', status: 'authorised', captured: 0 },
  });
  expect([captured, partly, fully].map(({ status, body }) => [status, body.status, body.refunded])).toEqual([
    [200, 'captured', 0],
    [200, 'partially_refunded', 400],
    [200, 'refunded', 1_000],
  ]);
  expect(fully.body.operations.map(({ operation, key }) => [operation, key])).toEqual([
    ['authorise', 'a'],
    ['capture', 'c'],
    ['refund', 'r1'],
    ['refund', 'r2'],
  ]);
  expect(await world.admin().ledger('ord_1')).toMatchObject([
    { operation: 'authorise', key: 'a', amount: 1_000, currency: 'EUR', outcome: 'succeeded', status: 'authorised' },
    { operation: 'capture', key: 'c', amount: 1_000, outcome: 'succeeded', status: 'captured' },
    { operation: 'refund', key: 'r1', amount: 400, outcome: 'succeeded', status: 'partially_refunded' },
    { operation: 'refund', key: 'r2', amount: 600, outcome: 'succeeded', status: 'refunded' },
  ]);
});

test('a void lets the amount go and ends the authorisation', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);

  const voided = await world.post(`/authorisations/${id}/void`, 'v');
  const late = await world.post(`/authorisations/${id}/capture`, 'c', { amount: 1_000, currency: 'EUR' });

  expect(voided).toMatchObject({ status: 200, body: { status: 'voided' } });
  expect(late).toMatchObject({ status: 422, body: { error: { code: 'invalid_state' }, authorisation: { status: 'voided' } } });
});

test('amounts beyond what is held or taken are refused without effect', async () => {
  await using world = await aSimulator();
  const held = await world.payment('tok_ok', false);
  const taken = await world.payment('tok_ok');

  const tooMuch = await world.post(`/authorisations/${held.id}/capture`, 'c', { amount: 1_001, currency: 'EUR' });
  const otherCurrency = await world.post(`/authorisations/${held.id}/capture`, 'c2', { amount: 1_000, currency: 'USD' });
  const tooMuchBack = await world.post(`/authorisations/${taken.id}/refunds`, 'r', { amount: 1_001, currency: 'EUR' });

  expect([tooMuch, otherCurrency, tooMuchBack].map(({ status, body }) => [status, body.error?.code])).toEqual([
    [422, 'amount_exceeds_authorised'],
    [422, 'currency_mismatch'],
    [422, 'amount_exceeds_captured'],
  ]);
  expect((await world.get(`/authorisations/${held.id}`)).body).toMatchObject({ status: 'authorised', captured: 0 });
  expect((await world.get(`/authorisations/${taken.id}`)).body).toMatchObject({ status: 'captured', refunded: 0 });
});

test('the same key and body get the recorded answer byte for byte, even after the state has moved on', async () => {
  await using world = await aSimulator();

  const first = await world.authorise('tok_ok', { key: 'a' });
  await world.post(`/authorisations/${first.body.id}/capture`, 'c', { amount: 1_000, currency: 'EUR' });
  const again = await world.authorise('tok_ok', { key: 'a' });

  expect(again).toEqual({ ...first, replayed: true });
  expect(first.replayed).toBe(false);
  expect(await world.admin().ledger()).toHaveLength(2);
});

test('a refusal is recorded under its key too', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_capture_refused', false);

  const answers = [
    await world.post(`/authorisations/${id}/capture`, 'c', { amount: 1, currency: 'EUR' }),
    await world.post(`/authorisations/${id}/capture`, 'c', { amount: 1, currency: 'EUR' }),
  ];

  expect(answers).toMatchObject([
    { status: 402, replayed: false, body: { error: { code: 'capture_refused' }, authorisation: { status: 'authorised' } } },
    { status: 402, replayed: true, body: { error: { code: 'capture_refused' } } },
  ]);
});

test('the same key for another body or another call is refused and changes nothing', async () => {
  await using world = await aSimulator();
  const { body } = await world.authorise('tok_ok', { key: 'a' });

  const otherBody = await world.authorise('tok_ok', { key: 'a', order: 'ord_2' });
  const otherCall = await world.post(`/authorisations/${body.id}/void`, 'a');

  expect([otherBody, otherCall].map(({ status, body: { error } }) => [status, error?.code])).toEqual([
    [409, 'idempotency_key_reused'],
    [409, 'idempotency_key_reused'],
  ]);
  expect(await world.admin().ledger()).toHaveLength(1);
});

test('twenty equal calls at once are one authorisation and twenty equal answers', async () => {
  await using world = await aSimulator();

  const answers = await Promise.all(Array.from({ length: 20 }, () => world.authorise('tok_ok', { key: 'a' })));

  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await world.admin().ledger()).toHaveLength(1);
});

test('parallel captures take the amount once, under one key or many', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);

  const keys = ['same', 'same', 'same', 'k1', 'k2', 'k3'];
  await Promise.all(keys.map((key) => world.post(`/authorisations/${id}/capture`, key, { amount: 1_000, currency: 'EUR' })));

  const captures = (await world.admin().ledger()).filter(({ operation, outcome }) => operation === 'capture' && outcome === 'succeeded');
  expect(captures).toHaveLength(1);
  expect((await world.get(`/authorisations/${id}`)).body).toMatchObject({ status: 'captured', captured: 1_000 });
});

test('parallel refunds never give back more than was captured', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok');

  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => world.post(`/authorisations/${id}/refunds`, `r${String(n)}`, { amount: 300, currency: 'EUR' })),
  );

  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect((await world.get(`/authorisations/${id}`)).body).toMatchObject({ status: 'partially_refunded', refunded: 900 });
});

test('capture and void at once: one wins, the other is refused', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);

  const answers = await Promise.all([
    world.post(`/authorisations/${id}/capture`, 'c', { amount: 1_000, currency: 'EUR' }),
    world.post(`/authorisations/${id}/void`, 'v'),
  ]);

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
});

test.each([
  ['no key', undefined, {}],
  ['an amount of zero', 'k', { amount: 0 }],
  ['a fraction of a cent', 'k', { amount: 1.5 }],
  ['a negative amount', 'k', { amount: -1 }],
  ['an unsafe amount', 'k', { amount: 2 ** 53 }],
  ['an unknown token', 'k', { token: 'tok_gold' }],
  ['an unknown currency spelling', 'k', { currency: 'eur' }],
  ['an unknown field', 'k', { card: '4242424242424242' }],
  ['a key of 256 characters', 'k'.repeat(256), {}],
])('a call with %s is refused and leaves no trace', async (_, key, change) => {
  await using world = await aSimulator();

  const response = await fetch(`${world.url()}/authorisations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: JSON.stringify({ order: 'ord_1', amount: 1_000, currency: 'EUR', token: 'tok_ok', ...change }),
  });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_request' } });
  expect(await world.admin().ledger()).toEqual([]);
});

test('an unknown authorisation is not found, whatever is asked of it', async () => {
  await using world = await aSimulator();

  expect((await world.get('/authorisations/auth_0')).status).toBe(404);
  expect((await world.post('/authorisations/auth_0/capture', 'c', { amount: 1, currency: 'EUR' })).status).toBe(404);
  expect((await world.get('/authorisations?key=c')).body).toEqual({ authorisations: [] });
  expect((await world.get('/authorisations')).status).toBe(400);
});

test('enquiries find an authorisation by any key of its operations and by its order', async () => {
  await using world = await aSimulator();
  const { body } = await world.authorise('tok_ok', { key: 'a' });
  await world.post(`/authorisations/${body.id}/capture`, 'order:ord_1:capture', { amount: 1_000, currency: 'EUR' });
  await world.authorise('tok_declined', { key: 'b' });

  const byKey = await world.get('/authorisations?key=order%3Aord_1%3Acapture');
  const byOrder = await world.get('/authorisations?order=ord_1');

  expect(byKey.body).toMatchObject({ authorisations: [{ id: body.id, status: 'captured' }] });
  expect(byOrder.body).toMatchObject({ authorisations: [{ status: 'captured' }, { status: 'declined' }] });
});
