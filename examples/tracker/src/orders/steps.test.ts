import { expect, test } from 'vitest';
import { lastOf, rowsOf, withStep, type Step } from './steps.ts';

const step = (sequence: number, status: string): Step => ({
  sequence,
  status,
  note: null,
  occurredAt: '2026-11-21T12:00:00.000Z',
  told: 'live',
});
const shape = (steps: readonly Step[]): readonly string[] =>
  rowsOf(steps).map((row) =>
    row.kind === 'told'
      ? `#${String(row.step.sequence)} ${row.step.status}`
      : row.kind === 'gap'
        ? `gap ${String(row.from)}-${String(row.to)}`
        : row.status,
  );

test('an order of which nothing was told has its whole way ahead', () => {
  expect(shape([])).toEqual(['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED']);
});

test('what was told stands before what is expected', () => {
  expect(shape([step(1, 'PENDING'), step(2, 'STOCK_RESERVED')])).toEqual([
    '#1 PENDING',
    '#2 STOCK_RESERVED',
    'CONFIRMED',
    'PROCESSING',
    'SHIPPED',
    'DELIVERED',
  ]);
});

test.each([
  ['DELIVERED', []],
  ['REJECTED', []],
  ['PAYMENT_FAILED', []],
  ['CANCELLING', ['CANCELLED']],
  ['PARTIALLY_SHIPPED', ['SHIPPED', 'DELIVERED']],
  ['A_STATUS_OF_TOMORROW', []],
])('after %s comes %j', (status, ahead) => {
  expect(shape([step(1, status)]).slice(1)).toEqual(ahead);
});

test('a sequence that was skipped shows', () => {
  expect(shape([step(1, 'PENDING'), step(4, 'PROCESSING')])).toEqual(['#1 PENDING', 'gap 2-3', '#4 PROCESSING', 'SHIPPED', 'DELIVERED']);
  expect(shape([step(2, 'REJECTED')])).toEqual(['gap 1-1', '#2 REJECTED']);
});

test('a step that comes twice stays as it was first told, and one that comes late takes its place', () => {
  const steps = [
    step(3, 'CONFIRMED'),
    step(1, 'PENDING'),
    { ...step(1, 'PENDING'), told: 'missed' as const },
    step(2, 'STOCK_RESERVED'),
  ].reduce<readonly Step[]>(withStep, []);

  expect(steps.map(({ sequence, told }) => `${String(sequence)} ${told}`)).toEqual(['1 live', '2 live', '3 live']);
  expect(lastOf(steps)).toBe(3);
  expect(lastOf([])).toBe(0);
});
