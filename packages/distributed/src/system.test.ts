import { expect, test } from 'vitest';
import { answering, layOut, stopOrder, subgraphNames, type Layout } from './system.ts';

const plain: Layout = { gateways: 1, split: false, workers: 1 };
const largest: Layout = { gateways: 9, split: true, workers: 8 };
const rows = (layout: Layout) => layOut(layout).map(({ name, roles, port }) => `${name} ${roles.join(',')} ${String(port)}`);

test('by itself each app is one process on the port of the architecture, those that others need first', () => {
  expect(rows(plain)).toEqual([
    'payment-simulator api 4010',
    'users api,worker 4004',
    'products api,worker 4001',
    'payments api,worker 4003',
    'orders api,worker 4002',
    'notifications api,worker 4005',
    'gateway api 4000',
  ]);
});

test('metrics are 5,400 above, and the simulator has none', () => {
  expect(layOut(plain).map(({ port, metricsPort }) => metricsPort && metricsPort - port)).toEqual([null, ...Array<number>(6).fill(5_400)]);
});

test('a split subgraph has workers of its own, each on a port', () => {
  expect(rows({ gateways: 2, split: true, workers: 2 }).filter((row) => /^(orders|gateway)/.test(row))).toEqual([
    'orders-worker worker 4022',
    'orders-worker-2 worker 4032',
    'orders-api api 4002',
    'gateway api 4000',
    'gateway-2 api 4100',
  ]);
});

test('a subgraph that is not split works itself, and further workers help it', () => {
  expect(rows({ ...plain, workers: 2 }).filter((row) => row.startsWith('orders'))).toEqual([
    'orders-worker-2 worker 4032',
    'orders api,worker 4002',
  ]);
});

test('only the named subgraphs are split', () => {
  const names = layOut({ ...plain, split: ['orders'] }).map(({ name }) => name);
  expect(names).toEqual(['payment-simulator', 'users', 'products', 'payments', 'orders-worker', 'orders-api', 'notifications', 'gateway']);
});

test('in the largest layout no two processes share a name or a port', () => {
  const processes = layOut(largest);
  const taken = processes.flatMap(({ port, metricsPort }) => (metricsPort === null ? [port] : [port, metricsPort]));
  expect(processes).toHaveLength(1 + subgraphNames.length * 9 + 9);
  expect(new Set(processes.map(({ name }) => name)).size).toBe(processes.length);
  expect(new Set(taken).size).toBe(taken.length);
});

test('the ports follow the first ones', () => {
  const moved = layOut(plain, { gateway: 5_000, metrics: 6_000, simulator: 7_000 });
  expect(answering(moved, 'payment-simulator')).toMatchObject({ port: 7_000 });
  expect(answering(moved, 'orders')).toMatchObject({ port: 5_002, metricsPort: 6_002 });
});

test.each([
  [{ ...plain, gateways: 0 }, 'gateways: 1 to 9, not 0'],
  [{ ...plain, gateways: 10 }, 'gateways: 1 to 9, not 10'],
  [{ ...plain, workers: 1.5 }, 'workers: 1 to 8, not 1.5'],
])('a layout that does not fit is refused: %j', (layout, message) => {
  expect(() => layOut(layout)).toThrow(message);
});

test('gateways stop first and what others need last; of a subgraph the api stops before the workers', () => {
  expect(stopOrder(layOut({ gateways: 2, split: ['orders'], workers: 2 })).map((group) => group.map(({ name }) => name))).toEqual([
    ['gateway', 'gateway-2'],
    ['notifications'],
    ['notifications-worker-2'],
    ['orders-api'],
    ['orders-worker', 'orders-worker-2'],
    ['payments'],
    ['payments-worker-2'],
    ['products'],
    ['products-worker-2'],
    ['users'],
    ['users-worker-2'],
    ['payment-simulator'],
  ]);
});
