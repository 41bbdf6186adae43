import { expect, test } from 'vitest';
import { openHistory, type Asked, type Seen } from '../src/simulate/history.ts';
import { complaintsOf } from '../src/simulate/judge/clients.ts';
import { soldOrder } from './simulate-evidence.ts';

const evidence = soldOrder();
const [order] = evidence.orders;
if (order === undefined) throw new Error('nothing was sold');
const { id: orderId, buyerId, clientKey: key, total } = order;

/** What clients say to what is left of an order that was sold. */
function complaints(...requests: readonly (Partial<Asked> & { readonly seen: Seen })[]) {
  const history = openHistory();
  for (const { seen, ...request } of requests) {
    history.end(history.begin({ what: 'checkout', buyerId, key, intent: 'two mugs', ...request }), seen);
  }
  return complaintsOf(history, evidence).map(({ id, violation }) => `${id} ${violation}`);
}

const ok: Seen = { kind: 'ok', orderId, total, replayed: false };
const refused = (why: string): Seen => ({ kind: 'refused', why: [why] });

test('a client who was answered once, twice or not at all has nothing to complain of', () => {
  expect(complaints({ seen: ok })).toEqual([]);
  expect(complaints({ seen: { kind: 'info' } }, { seen: { ...ok, replayed: true } })).toEqual([]);
  expect(complaints({ seen: { kind: 'info' } })).toEqual([]);
});

test('one key that stands for two orders is a complaint', () => {
  expect(complaints({ seen: ok }, { seen: { ...ok, orderId: 'ord_other' } })).toEqual([
    expect.stringMatching(/^I2 .*told of .* and ord_other$/),
  ]);
});

test('one key that was answered for two intents is a complaint', () => {
  expect(complaints({ seen: ok }, { seen: ok, intent: 'three mugs' })).toEqual([expect.stringMatching(/^I2 .*two intents were answered$/)]);
  expect(complaints({ seen: ok }, { seen: refused('IDEMPOTENCY_KEY_REUSED'), intent: 'three mugs' })).toEqual([]);
});

test('an order of somebody who was refused is a complaint, unless another of their clicks was in the way', () => {
  expect(complaints({ seen: refused('NOT_SELLABLE') })).toEqual([`I6 ${orderId}: its client was refused`]);
  expect(complaints({ seen: refused('CONFLICT') }, { seen: ok })).toEqual([]);
});

test('an order that was called off to its client’s knowledge and is sold is a complaint', () => {
  expect(complaints({ what: 'cancel', key: 'another', seen: ok })).toEqual([
    `I6 ${orderId}: its client was told that it is cancelled, it is PROCESSING`,
  ]);
});
