import { orderStatuses } from '@tally/events';
import { expect, test } from 'vitest';
import {
  allowedActionsIn,
  IllegalMoveError,
  isCancellable,
  isLegalMove,
  isSettled,
  isUnsuccessful,
  legalMoves,
  moveOf,
  statusesOf,
} from './order.ts';

test('every status has its place in the map, and every successor is a status', () => {
  expect(Object.keys(legalMoves).sort()).toEqual([...orderStatuses].sort());
  for (const successors of Object.values(legalMoves)) for (const status of successors) expect(orderStatuses).toContain(status);
});

test('every status but the first is reached, and every order can end', () => {
  const reached = new Set(['PENDING']);
  for (const status of orderStatuses) for (const next of legalMoves[status]) reached.add(next);
  expect(reached.size).toBe(orderStatuses.length);

  const ends = new Set(orderStatuses.filter((status) => legalMoves[status].length === 0));
  expect([...ends].sort()).toEqual(['CANCELLED', 'COMPLETED', 'PAYMENT_FAILED', 'REJECTED']);
});

test('each status belongs to one phase', () => {
  const phases = [...statusesOf('OPEN'), ...statusesOf('COMPLETED'), ...statusesOf('UNSUCCESSFUL')];
  expect([...phases].sort()).toEqual([...orderStatuses].sort());
  expect(orderStatuses.filter(isUnsuccessful)).toEqual(['REJECTED', 'PAYMENT_FAILED', 'CANCELLED']);
});

test('a move that the map does not have cannot be made', () => {
  expect(() => moveOf('SHIPPED', 'CANCELLING')).toThrow(IllegalMoveError);
  expect(isLegalMove('PENDING', 'CONFIRMED')).toBe(false);
  expect(moveOf('PENDING', 'CANCELLED', { cancelReason: 'CUSTOMER' })).toMatchObject({
    from: 'PENDING',
    to: 'CANCELLED',
    cancelReason: 'CUSTOMER',
    problems: null,
  });
});

test('an order may be cancelled until its first parcel leaves, then tracked', () => {
  expect(orderStatuses.filter(isCancellable)).toEqual(['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING']);
  expect(allowedActionsIn('PROCESSING')).toEqual(['CANCEL']);
  expect(allowedActionsIn('SHIPPED')).toEqual(['TRACK']);
  expect(allowedActionsIn('CANCELLED')).toEqual([]);
});

test('a checkout is settled once the order is confirmed or certainly no sale', () => {
  expect(isSettled({ status: 'STOCK_RESERVED', confirmedAt: null })).toBe(false);
  expect(isSettled({ status: 'CANCELLING', confirmedAt: null })).toBe(false);
  expect(isSettled({ status: 'PROCESSING', confirmedAt: new Date(0) })).toBe(true);
  expect(isSettled({ status: 'REJECTED', confirmedAt: null })).toBe(true);
});
