import { expect, test } from 'vitest';
import { consequenceOf } from './consequences.ts';
import { layOut, type Layout } from './system.ts';

function lossOf(name: string, layout: Layout): string {
  const processes = layOut(layout);
  const gone = processes.find((process) => process.name === name)!;
  return consequenceOf(
    gone,
    processes.filter((process) => process !== gone),
  );
}

const plain: Layout = { gateways: 1, split: false, workers: 1 };
const doubled: Layout = { gateways: 2, split: true, workers: 2 };

test.each([
  ['gateway', plain, 'clients get no answer'],
  ['gateway', doubled, 'its clients must go to gateway-2'],
  ['orders', plain, 'fields of orders are answered with SUBGRAPH_UNAVAILABLE, events for and of orders wait'],
  ['orders', { ...plain, workers: 2 }, 'fields of orders are answered with SUBGRAPH_UNAVAILABLE, orders-worker-2 takes over its work'],
  ['orders-api', doubled, 'fields of orders are answered with SUBGRAPH_UNAVAILABLE'],
  ['orders-worker', doubled, 'orders-worker-2 takes over its work'],
  ['orders-worker', { ...doubled, workers: 3 }, 'orders-worker-2 and orders-worker-3 take over its work'],
  ['orders-worker', { ...doubled, workers: 1 }, 'events for and of orders wait'],
  ['payment-simulator', plain, 'payments waits for it and tries on'],
] as const)('the loss of %s is told: %j', (name, layout, loss) => {
  expect(lossOf(name, layout)).toBe(loss);
});
