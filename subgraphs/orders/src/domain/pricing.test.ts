import { maxMinorUnits, money, newId } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, type Rates, type VariantPrice } from './pricing.ts';

const eur = (amount: number) => money(amount, 'EUR');
const rates: Rates = {
  tax: [
    { country: 'DE', taxClass: 'STANDARD', validFrom: new Date('2020-01-01'), rateBp: 1900 },
    { country: 'DE', taxClass: 'REDUCED', validFrom: new Date('2020-01-01'), rateBp: 700 },
    { country: 'CH', taxClass: 'STANDARD', validFrom: new Date('2018-01-01'), rateBp: 770 },
    { country: 'CH', taxClass: 'STANDARD', validFrom: new Date('2024-01-01'), rateBp: 810 },
  ],
  shipping: [
    { country: 'DE', method: 'STANDARD', base: eur(490), perKg: eur(40), freeOver: eur(5_000) },
    { country: 'CH', method: 'STANDARD', base: eur(1_290), perKg: eur(150), freeOver: null },
    { country: 'FR', method: 'STANDARD', base: eur(1), perKg: eur(1), freeOver: null },
    { country: 'AT', method: 'STANDARD', base: money(1, 'CHF'), perKg: money(1, 'CHF'), freeOver: null },
  ],
};
const on = new Date('2026-11-21');
const priced = (amount: number, more: Partial<VariantPrice> = {}): VariantPrice => ({
  variantId: newId('var'),
  productId: newId('prod'),
  sellerId: newId('sell'),
  sku: 'MUG-1',
  title: 'Mug',
  unitPrice: eur(amount),
  taxClass: 'STANDARD',
  weightGrams: 300,
  sellable: true,
  ...more,
});
const quoted = (lines: readonly { price: VariantPrice; quantity: number }[], country = 'DE', day = on) =>
  quote({ lines, country, currency: 'EUR', rates, on: day });

test('prices include tax: the total is goods and shipping, the tax is what they contain', () => {
  const outcome = quoted([
    { price: priced(1_190), quantity: 2 },
    { price: priced(107, { taxClass: 'REDUCED' }), quantity: 1 },
  ]);

  expect(outcome).toMatchObject({
    ok: true,
    value: { subtotal: eur(2_487), tax: eur(380 + 7), discount: eur(0), shipping: eur(490 + 40), total: eur(3_017) },
  });
});

test('contained tax is rounded half to even, line by line', () => {
  const half = quote({
    lines: [
      { price: priced(1), quantity: 1 },
      { price: priced(3), quantity: 1 },
    ],
    country: 'DE',
    currency: 'EUR',
    on,
    rates: { ...rates, tax: [{ country: 'DE', taxClass: 'STANDARD', validFrom: new Date(0), rateBp: 10_000 }] },
  });

  // One half goes to 0, one and a half to 2.
  expect(half.ok && half.value.lines.map(({ tax }) => tax.amount)).toEqual([0, 2]);
});

test('the rate of the day counts', () => {
  const line = [{ price: priced(10_000), quantity: 1 }];
  expect(quoted(line, 'CH', new Date('2023-12-31'))).toMatchObject({ value: { lines: [{ taxRateBp: 770 }] } });
  expect(quoted(line, 'CH', new Date('2024-01-01'))).toMatchObject({ value: { lines: [{ taxRateBp: 810 }] } });
  expect(quoted(line, 'CH', new Date('2017-01-01'))).toEqual({ ok: false, refusal: 'NO_DELIVERY' });
});

test('shipping is charged by started kilogram and free from an amount of goods on', () => {
  const shipping = (amount: number, weightGrams: number, quantity = 1) => {
    const outcome = quoted([{ price: priced(amount, { weightGrams }), quantity }]);
    return outcome.ok ? outcome.value.shipping.amount : null;
  };
  expect(shipping(100, 0)).toBe(490);
  expect(shipping(100, 1_000)).toBe(530);
  expect(shipping(100, 1_001)).toBe(570);
  expect(shipping(4_999, 500)).toBe(530);
  expect(shipping(5_000, 500)).toBe(0);
});

test('a country without a rate for shipping, for tax, or in the shop’s currency is not delivered to', () => {
  for (const country of ['XX', 'FR', 'AT'])
    expect(quoted([{ price: priced(100), quantity: 1 }], country)).toEqual({ ok: false, refusal: 'NO_DELIVERY' });
});

test('a total beyond what an amount can hold is refused, not rounded', () => {
  expect(quoted([{ price: priced(maxMinorUnits), quantity: 2 }])).toEqual({ ok: false, refusal: 'TOO_LARGE' });
});

test('sums hold for all orders', () => {
  const line = fc.record({
    amount: fc.integer({ min: 0, max: 10_000_000 }),
    quantity: fc.integer({ min: 1, max: 1_000 }),
    reduced: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
      const outcome = quoted(
        lines.map(({ amount, quantity, reduced }) => ({ price: priced(amount, { taxClass: reduced ? 'REDUCED' : 'STANDARD' }), quantity })),
      );
      if (!outcome.ok) throw new Error('refused');
      const { subtotal, shipping, tax, discount, total } = outcome.value;
      expect(total.amount).toBe(subtotal.amount - discount.amount + shipping.amount);
      expect(subtotal.amount).toBe(lines.reduce((sum, { amount, quantity }) => sum + amount * quantity, 0));
      expect(tax.amount).toBeGreaterThanOrEqual(0);
      expect(tax.amount).toBeLessThanOrEqual(subtotal.amount);
    }),
  );
});
