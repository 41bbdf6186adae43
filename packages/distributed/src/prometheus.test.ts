import { expect, test } from 'vitest';
import { sumOf } from './prometheus.ts';

const text = `# HELP fetches_total a { b="c" } 7
# TYPE fetches_total counter
fetches_total{subgraph="orders",outcome="ok"} 3
fetches_total{subgraph="users",outcome="ok"} 2
fetches_total_more 9
up 1
`;

test('the series of a metric that have all labels add up', () => {
  expect(sumOf(text, 'fetches_total')).toBe(5);
  expect(sumOf(text, 'fetches_total', { subgraph: 'orders' })).toBe(3);
  expect(sumOf(text, 'fetches_total', { subgraph: 'orders', outcome: 'failed' })).toBe(0);
  expect(sumOf(text, 'up')).toBe(1);
});

test('a metric that nobody has is 0', () => {
  expect(sumOf(text, 'down')).toBe(0);
});
