import { money, newId } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCartOf, maxLines, maxQuantity, parseLines, presentCart, warningsOf, type StoredCart, type StoredLine } from './cart.ts';

const variantId = newId('var');
const line = (quantity: number, id: string = variantId) => ({ variantId: id, quantity });
const fields = (outcome: ReturnType<typeof parseLines>) =>
  outcome.ok ? null : outcome.refusal.map((refusal) => ('field' in refusal ? refusal.field.join('.') : ''));

test('lines of one variant are summed before anything is checked', () => {
  const other = newId('var');
  expect(parseLines([line(2), line(1, other), line(3)], 1)).toEqual({
    ok: true,
    value: [
      { variantId, quantity: 5, at: 0 },
      { variantId: other, quantity: 1, at: 1 },
    ],
  });
  expect(fields(parseLines([line(600), line(600)], 1))).toEqual(['lines.1.quantity']);
});

test('A14: quantities outside 1 to 1,000 are refused, whatever they are', () => {
  fc.assert(
    fc.property(fc.integer(), (quantity) => {
      expect(parseLines([line(quantity)], 1).ok).toBe(quantity >= 1 && quantity <= maxQuantity);
    }),
  );
  for (const quantity of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40]) expect(parseLines([line(quantity)], 1).ok).toBe(false);
  expect(parseLines([line(0)], 0).ok).toBe(true);
});

test('every malformed line is named', () => {
  const outcome = parseLines([line(1, 'nonsense'), line(0), line(1, newId('prod')), line(1)], 1);
  expect(fields(outcome)).toEqual(['lines.0.variantId', 'lines.1.quantity', 'lines.2.variantId']);
});

test('no line at all is too few, and 251 are too many', () => {
  expect(fields(parseLines([], 1))).toEqual(['lines']);
  expect(
    fields(
      parseLines(
        Array.from({ length: maxLines + 1 }, () => line(1, newId('var'))),
        1,
      ),
    ),
  ).toEqual(['lines']);
});

test('a guest’s cart is of whoever knows it, an owned one of its owner alone', () => {
  const ownerId = newId('usr');
  expect(isCartOf({ ownerId: null }, null)).toBe(true);
  expect(isCartOf({ ownerId }, ownerId)).toBe(true);
  expect(isCartOf({ ownerId }, newId('usr'))).toBe(false);
  expect(isCartOf({ ownerId }, null)).toBe(false);
});

test('a cart shows the prices of now and says what has changed', () => {
  const price = {
    variantId,
    productId: newId('prod'),
    sellerId: newId('sell'),
    sku: 'S',
    title: 'T',
    unitPrice: money(120, 'EUR'),
    taxClass: 'STANDARD',
    weightGrams: 1,
    sellable: true,
  };
  const stored = (part: Partial<StoredLine>): StoredLine => ({
    id: newId('line'),
    variantId,
    quantity: 2,
    seenPrice: money(100, 'EUR'),
    price,
    ...part,
  });
  const cart = (lines: readonly StoredLine[]): StoredCart => ({
    id: newId('cart'),
    ownerId: null,
    version: 1,
    liveOrderId: null,
    lines,
    expiresAt: new Date(0),
    updatedAt: new Date(0),
  });

  const changed = cart([stored({})]);
  expect(presentCart(changed, 'EUR')).toMatchObject({
    subtotal: money(240, 'EUR'),
    lines: [{ unitPrice: money(120, 'EUR'), lineTotal: money(240, 'EUR') }],
  });
  expect(warningsOf(changed)).toMatchObject([{ code: 'PRICE_CHANGED', variantId }]);

  const unknown = cart([stored({ price: null }), stored({ price: { ...price, sellable: false } })]);
  expect(presentCart(unknown, 'EUR').subtotal).toEqual(money(200 + 240, 'EUR'));
  expect(warningsOf(unknown).map(({ code }) => code)).toEqual(['NOT_SELLABLE', 'NOT_SELLABLE']);
  expect(warningsOf(cart([stored({ seenPrice: money(120, 'EUR') })]))).toEqual([]);
});
