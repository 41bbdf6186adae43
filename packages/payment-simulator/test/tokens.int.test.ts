import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aSimulator } from './simulator-world.ts';

const all = { amount: 1_000, currency: 'EUR' };

test('tok_declined is declined and holds nothing', async () => {
  await using world = await aSimulator();

  const { status, body } = await world.authorise('tok_declined');

  expect([status, body.status]).toEqual([201, 'declined']);
  expect(await world.admin().ledger()).toMatchObject([{ operation: 'authorise', outcome: 'declined', reason: 'card_declined' }]);
});

test('tok_captures_at_once and capture: true take the amount with the authorisation', async () => {
  await using world = await aSimulator();

  const answers = [
    await world.authorise('tok_captures_at_once', { order: 'ord_1' }),
    await world.authorise('tok_ok', { order: 'ord_2', capture: true }),
  ];

  expect(answers.map(({ body }) => [body.status, body.captured])).toEqual([
    ['captured', 1_000],
    ['captured', 1_000],
  ]);
  expect((await world.admin().ledger('ord_1')).map(({ operation }) => operation)).toEqual(['authorise', 'capture']);
});

test('tok_action_required waits for the buyer, who approves on the page that the answer names', async () => {
  await using world = await aSimulator();

  const { body } = await world.authorise('tok_action_required');
  const page = await fetch(String(body.actionUrl));
  const early = await world.post(`/authorisations/${body.id}/capture`, 'c', all);
  const approved = await fetch(`${world.url()}/admin/approve/${body.id}`, { method: 'POST', body: new URLSearchParams() });

  expect(body.status).toBe('requires_action');
  expect(await page.text()).toContain('Approve');
  expect(early.body.error?.code).toBe('invalid_state');
  expect(await approved.json()).toMatchObject({ status: 'authorised', actionUrl: null });
  await expect(world.admin().approve(body.id)).rejects.toMatchObject({ status: 422, code: 'invalid_state' });
});

test('tok_unknown_5s is authorised although the caller and enquiries do not know', async () => {
  await using world = await aSimulator();

  await expect(world.authorise('tok_unknown_5s', { key: 'a' })).rejects.toThrow('fetch failed');

  expect((await world.get('/authorisations?key=a')).body).toEqual({ authorisations: [] });
  expect(await world.admin().ledger()).toMatchObject([{ outcome: 'succeeded', behaviour: 'unknown-for:5000' }]);
});

test('tok_garbage is authorised and says nothing readable', async () => {
  await using world = await aSimulator();

  const { text, body } = await world.authorise('tok_garbage', { key: 'a' });

  expect(text).not.toBe('');
  expect(body.id).toBeUndefined();
  expect(await world.authorise('tok_garbage', { key: 'a' })).toMatchObject({ replayed: true, body: { status: 'authorised' } });
});

test('tok_capture_refused is refused at every capture and can be voided', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_capture_refused', false);

  const refused = await world.post(`/authorisations/${id}/capture`, 'c', all);
  const voided = await world.post(`/authorisations/${id}/void`, 'v', {});

  expect(refused).toMatchObject({ status: 402, body: { error: { code: 'capture_refused' } } });
  expect(voided.body.status).toBe('voided');
});

test.each([
  ['tok_capture_timeout_after', 'capture', all, 'captured'],
  ['tok_void_timeout_after', 'void', {}, 'voided'],
] as const)('%s does it without an answer', async (token, operation, body, status) => {
  await using world = await aSimulator();
  const { id } = await world.payment(token, false);
  const patience = new AbortController();

  const call = world.post(`/authorisations/${id}/${operation}`, 'k', body, patience.signal);
  await eventually(async () => (await world.admin().ledger()).find((entry) => entry.operation === operation) ?? false);
  patience.abort();

  await expect(call).rejects.toThrow();
  expect((await world.get('/authorisations?key=k')).body).toMatchObject({ authorisations: [{ id, status }] });
});

test('tok_refund_fails gives nothing back', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_refund_fails');

  const refund = await world.post(`/authorisations/${id}/refunds`, 'r', all);

  expect(refund).toMatchObject({
    status: 402,
    body: { error: { code: 'refund_failed' }, authorisation: { status: 'captured', refunded: 0 } },
  });
});

test('tok_expires turns out to be expired when it is captured', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_expires', false);

  const refused = await world.post(`/authorisations/${id}/capture`, 'c', all);

  expect(refused).toMatchObject({ status: 402, body: { error: { code: 'authorisation_expired' }, authorisation: { status: 'expired' } } });
  expect((await world.admin().ledger()).map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['authorise', 'succeeded'],
    ['expire', 'succeeded'],
    ['capture', 'refused'],
  ]);
});
