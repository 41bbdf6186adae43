import { expect, test } from 'vitest';
import type { OrderNow } from './documents.ts';
import { later, newest } from './newest.ts';

const placed: OrderNow = {
  id: 'ord_1',
  number: 'YF7ZNK3E',
  sequence: 1,
  status: 'PENDING',
  paymentStatus: null,
  allowedActions: ['CANCEL'],
  problems: [],
  shipments: [],
};
const rejected: OrderNow = { ...placed, sequence: 2, status: 'REJECTED', allowedActions: [] };

test('an answer that comes after the event that overtook it does not bring the past back', () => {
  expect(newest({ ...placed, total: 5 }, rejected)).toEqual({ ...rejected, total: 5 });
});

test('what is kept stays where nothing newer was told, or of another order', () => {
  expect(newest(rejected, placed)).toBe(rejected);
  expect(newest(placed, null)).toBe(placed);
  expect(newest(placed, { ...rejected, id: 'ord_2' })).toBe(placed);
});

test('a telling of an earlier step is forgotten, one of the same step has seen more', () => {
  const paid = { ...rejected, paymentStatus: 'VOIDED' };
  expect(later(rejected, placed)).toBe(rejected);
  expect(later(rejected, paid)).toBe(paid);
  expect(later(rejected, null)).toBe(rejected);
  expect(later(null, placed)).toBe(placed);
});
