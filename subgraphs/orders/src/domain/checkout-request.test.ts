import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { parseCheckoutRequest, type CheckoutInput } from './checkout-request.ts';

const shippingAddress = { name: null, line1: 'Musterweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const input = (more: Partial<CheckoutInput> = {}): CheckoutInput => ({
  lines: [{ variantId: newId('var'), quantity: 1 }],
  shippingAddress,
  ...more,
});
const fields = (given: CheckoutInput) => {
  const outcome = parseCheckoutRequest(given);
  return outcome.ok ? [] : outcome.refusal.map((refusal) => ('field' in refusal ? refusal.field.join('.') : refusal.kind));
};

test('a request names a cart or lines, exactly one of them', () => {
  const cartId = newId('cart');
  expect(fields(input())).toEqual([]);
  expect(fields({ cartId, shippingAddress })).toEqual([]);
  expect(fields(input({ cartId }))).toEqual(['cartId']);
  expect(fields({ shippingAddress })).toEqual(['cartId']);
  expect(fields({ cartId: newId('ord'), shippingAddress })).toEqual(['cartId']);
});

test('everything that is wrong is told at once', () => {
  const wrong = input({
    lines: [{ variantId: 'x', quantity: -1 }],
    shippingAddress: { ...shippingAddress, line1: ' ', city: 'B'.repeat(201), postalCode: '1\n2', country: 'de' },
    paymentMethodId: newId('pay'),
    expectedTotal: -1,
  });
  expect(fields(wrong)).toEqual([
    'lines.0.variantId',
    'shippingAddress.line1',
    'shippingAddress.city',
    'shippingAddress.postalCode',
    'shippingAddress.country',
    'paymentMethodId',
    'expectedTotal',
  ]);
});

test('an address is trimmed, and what was left empty is nothing', () => {
  const outcome = parseCheckoutRequest(
    input({ shippingAddress: { ...shippingAddress, name: '  ', line1: ' Musterweg 1 ', region: 'Berlin' } }),
  );
  expect(outcome).toMatchObject({
    ok: true,
    value: { address: { name: null, line1: 'Musterweg 1', line2: null, region: 'Berlin' }, paymentMethodId: null, expectedTotal: null },
  });
});
