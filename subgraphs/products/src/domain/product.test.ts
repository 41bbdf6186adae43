import { money } from '@tally/kernel';
import { expect, test } from 'vitest';
import { isVisible, priceRange } from './product.ts';

test('the range spans the prices of all variants', () => {
  expect(priceRange([money(300, 'EUR'), money(100, 'EUR'), money(200, 'EUR')])).toEqual({ min: money(100, 'EUR'), max: money(300, 'EUR') });
  expect(priceRange([money(5, 'EUR')])).toEqual({ min: money(5, 'EUR'), max: money(5, 'EUR') });
});

test('no price and two currencies are bugs, not products', () => {
  expect(() => priceRange([])).toThrow(RangeError);
  expect(() => priceRange([money(1, 'EUR'), money(1, 'USD')])).toThrow(RangeError);
});

test('only what is on sale is seen by everybody', () => {
  expect((['DRAFT', 'ACTIVE', 'ARCHIVED'] as const).map((status) => [isVisible(status, false), isVisible(status, true)])).toEqual([
    [false, true],
    [true, true],
    [false, true],
  ]);
});
