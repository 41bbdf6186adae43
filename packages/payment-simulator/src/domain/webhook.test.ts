import { expect, test } from 'vitest';
import { toView, type LedgerEntry } from './ledger.ts';
import { signWebhook, toWebhookEvent } from './webhook.ts';

const base = {
  order: 'ord_1',
  authorisation: 'auth_1',
  key: 'k',
  amount: 900,
  currency: 'EUR',
  reason: null,
  behaviour: null,
  at: '2026-01-01T00:00:00.000Z',
};
const entries: readonly LedgerEntry[] = [
  { ...base, id: 1, operation: 'authorise', outcome: 'succeeded', status: 'authorised' },
  { ...base, id: 2, operation: 'capture', outcome: 'not_done', status: 'authorised', behaviour: 'http:500' },
  { ...base, id: 3, operation: 'capture', outcome: 'succeeded', status: 'captured' },
  { ...base, id: 4, operation: 'refund', outcome: 'refused', reason: 'refund_failed', status: 'captured' },
];
const authorisation = {
  id: 'auth_1',
  order: 'ord_1',
  amount: 900,
  currency: 'EUR',
  token: 'tok_ok',
  captureAtOnce: false,
  captured: 900,
  refunded: 0,
};
const view = toView({ ...authorisation, status: 'captured' }, entries, (id) => `https://provider.test/${id}`);

test('the signature covers time and body', () => {
  const signature = signWebhook('secret', 1_700_000_000, '{"a":1}');

  expect(signature).toBe('t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686');
  expect(signWebhook('secret', 1_700_000_001, '{"a":1}')).not.toContain(signature.slice(13));
  expect(signWebhook('secret', 1_700_000_000, '{"a": 1}')).not.toContain(signature.slice(13));
});

test('an event tells the authorisation as it stood after its row', () => {
  expect(toWebhookEvent(view, entries.slice(0, 1), {})).toMatchObject({
    id: 'evt_1',
    type: 'authorisation.authorised',
    authorisation: { id: 'auth_1', order: 'ord_1', amount: 900, currency: 'EUR', status: 'authorised', captured: 0, refunded: 0 },
  });
  expect(toWebhookEvent(view, entries.slice(0, 3), {})).toMatchObject({
    id: 'evt_3',
    type: 'authorisation.captured',
    authorisation: { captured: 900 },
  });
  expect(toWebhookEvent(view, entries, {})).toMatchObject({ id: 'evt_4', type: 'authorisation.refund_refused' });
});

test('an event can be altered, and what was not done has none', () => {
  expect(toWebhookEvent(view, entries, { amount: 1 })?.authorisation['amount']).toBe(1);
  expect(toWebhookEvent(view, entries.slice(0, 2), {})).toBeNull();
  expect(toWebhookEvent(view, [], {})).toBeNull();
});

test('a view shows what was decided, and where the buyer goes only while that is needed', () => {
  expect(view.operations.map(({ id }) => id)).toEqual(['op_1', 'op_3', 'op_4']);
  expect(view.actionUrl).toBeNull();
  expect(toView({ ...authorisation, status: 'requires_action' }, [], (id) => `https://provider.test/${id}`).actionUrl).toBe(
    'https://provider.test/auth_1',
  );
});
