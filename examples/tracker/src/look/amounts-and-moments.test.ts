import { expect, test } from 'vitest';
import { formatMoney } from './money.ts';
import { lapse } from './moments.ts';

test.each([
  [{ amount: 1499, currency: 'EUR', fractionDigits: 2 }, '€14.99'],
  [{ amount: 1500, currency: 'JPY', fractionDigits: 0 }, '¥1,500'],
  [{ amount: 1_234_567, currency: 'BHD', fractionDigits: 3 }, 'BHD 1,234.567'],
  [{ amount: 0, currency: 'EUR', fractionDigits: 2 }, '€0.00'],
])('%j is %s', (money, text) => {
  expect(formatMoney(money, 'en').replaceAll('\u00a0', ' ')).toBe(text);
});

test.each([
  ['2026-11-21T12:00:00.000Z', '2026-11-21T12:00:00.212Z', '212 ms'],
  ['2026-11-21T12:00:00.000Z', '2026-11-21T12:00:01.400Z', '1.4 s'],
  ['2026-11-21T12:00:00.000Z', '2026-11-21T12:05:10.000Z', '5 min'],
  ['2026-11-21T12:00:00.000Z', '2026-11-21T15:00:00.000Z', '3 h'],
  ['2026-11-21T12:00:01.000Z', '2026-11-21T12:00:00.000Z', '0 ms'],
])('from %s to %s is %s', (from, to, text) => {
  expect(lapse(from, to)).toBe(text);
});
