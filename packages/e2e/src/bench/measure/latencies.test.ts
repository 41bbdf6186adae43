import { expect, test } from 'vitest';
import { quantilesOf } from './latencies.ts';

test('a quantile is a value that was measured, by nearest rank', () => {
  const latencies = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantilesOf(latencies)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
});

test('of one value every quantile is that value', () => {
  expect(quantilesOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
});

test('of nothing there is no quantile', () => {
  expect(quantilesOf([]).p95).toBeNaN();
});
