import { expect, test } from 'vitest';
import { appNames, layOut } from '@tally/distributed';
import { reachablePoints } from './points.ts';
import { queuesOf } from './queues.ts';

const named = (name: string) => ({ name, apps: appNames, roles: ['api', 'worker'] as const, url: '', metricsUrl: null });

test('in one process every point is tried one after the other', () => {
  const { payments, others } = queuesOf({ setUp: 'one-process', processes: [named('tally')] }, reachablePoints, 7);
  const aims = others.flat();
  expect(payments).toEqual([]);
  expect(others).toHaveLength(1);
  expect(aims.map(({ point }) => point).toSorted()).toEqual(reachablePoints.toSorted());
  expect(new Set(aims.map(({ name }) => name))).toEqual(new Set(['tally']));
});

test('in many processes two workers share the points of payments, and each point has its process', () => {
  const processes = layOut({ gateways: 2, split: true, workers: 2 }).map(({ name, app, roles }) => ({
    ...named(name),
    apps: [app],
    roles,
  }));
  const { payments, others } = queuesOf({ setUp: 'processes', processes }, reachablePoints, 7);
  const queues = [...payments, ...others];
  expect(
    queues
      .flat()
      .map(({ point }) => point)
      .toSorted(),
  ).toEqual(reachablePoints.toSorted());
  expect(payments.map((aims) => new Set(aims.map(({ name }) => name)))).toEqual([
    new Set(['payments-worker']),
    new Set(['payments-worker-2']),
  ]);
  expect(others.flat().find(({ point }) => point === 'checkout.commit.after')?.name).toBe('orders-api');
  expect(others.map((aims) => new Set(aims.map(({ role }) => role)))).toEqual([new Set(['worker']), new Set(['api'])]);
});
