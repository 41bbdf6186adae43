import { expect, test } from 'vitest';
import { judgeCrowd, type FollowedBuyer } from './crowd-verdict.ts';
import type { Fate } from './fates.ts';

const aBuyer = (orderId: string | null, other: Partial<FollowedBuyer> = {}): FollowedBuyer => ({
  number: 1,
  orderId,
  declined: false,
  cancels: false,
  calledOff: null,
  ...other,
});
const fate = (id: string, status: string, units = 1): Fate => ({ id, status, units });
const none = { available: 0, reserved: 0 };

test('a crowd whose orders ended as they may, and whose units are all somewhere, is no fault', () => {
  const followed = [aBuyer('a'), aBuyer('b'), aBuyer('c', { declined: true }), aBuyer('d', { cancels: true, calledOff: true })];
  const fates = [fate('a', 'PROCESSING', 2), fate('b', 'REJECTED'), fate('c', 'PAYMENT_FAILED'), fate('d', 'CANCELLED')];

  const { faults, figures } = judgeCrowd({ units: 3, followed, fates, stock: { available: 1, reserved: 0 } });

  expect(faults).toEqual([]);
  expect(figures[0]).toContain('sold 1, rejected 1, declined 1, cancelled 1; units sold 2, left 1');
});

test('a unit too many, or one that is nowhere, is a fault', () => {
  const sold = { followed: [aBuyer('a')], fates: [fate('a', 'PROCESSING', 2)] };

  expect(judgeCrowd({ ...sold, units: 1, stock: none }).faults).toEqual(['2 sold and 0 available are not the 1 there were']);
  expect(judgeCrowd({ ...sold, units: 4, stock: { available: 1, reserved: 1 } }).faults).toEqual([
    '1 units are still reserved',
    '2 sold and 1 available are not the 4 there were',
  ]);
});

test('an order that ended as its buyer was not told is a fault', () => {
  const of = (buyer: FollowedBuyer, status: string) =>
    judgeCrowd({
      units: 1,
      followed: [buyer],
      fates: [fate('a', status)],
      stock: { available: status === 'PROCESSING' ? 0 : 1, reserved: 0 },
    }).faults;

  expect(of(aBuyer('a', { declined: true }), 'PROCESSING')).toEqual(['a is PROCESSING, may be REJECTED or PAYMENT_FAILED']);
  expect(of(aBuyer('a'), 'PAYMENT_FAILED')).toEqual(['a is PAYMENT_FAILED, may be REJECTED or PROCESSING']);
  expect(of(aBuyer('a', { cancels: true, calledOff: true }), 'PROCESSING')).toEqual(['a was called off and is PROCESSING']);
  expect(of(aBuyer('a', { cancels: true, calledOff: false }), 'CANCELLED')).toEqual(['a could not be called off and is CANCELLED']);
});

test('a buyer without an answer, and an order without a buyer, are faults', () => {
  const { faults } = judgeCrowd({ units: 0, followed: [aBuyer(null)], fates: [fate('a', 'REJECTED'), fate('b', 'REJECTED')], stock: none });

  expect(faults).toEqual(['buyer 1 got no order', '1 buyers have 2 orders']);
});
