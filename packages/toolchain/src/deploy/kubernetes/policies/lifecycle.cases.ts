import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../../../repository.ts';
import { describePolicies } from '../broken.ts';
import { lifecycle } from './lifecycle.ts';

const pod = '/spec/template/spec';
const container = '/spec/template/spec/containers/app';
const probes = 'start and readiness ask /health/ready, life asks /health/live';
const end = 'a pod serves until nobody comes any more, and has the time to drain';
const rollout = 'a rollout starts the new pod before it ends the old one';
const job = 'a Job ends: deadline, few retries, removed afterwards';

describePolicies('start, life and end', lifecycle, [
  {
    policy: probes,
    overlay: 'production',
    object: 'Deployment/orders-api',
    set: [`${container}/livenessProbe/httpGet/path`, '/health/ready'],
  },
  { policy: probes, overlay: 'local', object: 'Deployment/orders-worker', remove: `${container}/readinessProbe` },
  { policy: probes, overlay: 'local', object: 'Deployment/gateway', set: [`${container}/startupProbe/failureThreshold`, 3] },
  { policy: end, overlay: 'production', object: 'Deployment/gateway', set: [`${pod}/terminationGracePeriodSeconds`, 30] },
  { policy: end, overlay: 'production', object: 'Deployment/gateway', remove: `${container}/lifecycle` },
  { policy: rollout, overlay: 'production', object: 'Deployment/users-api', set: ['/spec/strategy/rollingUpdate/maxUnavailable', '25%'] },
  {
    policy: 'migrations are Jobs before the rollout, not part of each pod',
    overlay: 'local',
    object: 'Deployment/users-api',
    set: [`${pod}/initContainers`, [{ name: 'migrate', image: 'tally/migrate:dev' }]],
  },
  { policy: job, overlay: 'production', object: 'Job/migrate-orders', remove: '/spec/activeDeadlineSeconds' },
  { policy: job, overlay: 'local', object: 'Job/seed', set: ['/spec/backoffLimit', 100] },
  { policy: job, overlay: 'local', object: 'Job/bootstrap', set: [`${pod}/restartPolicy`, 'OnFailure'] },
  {
    policy: 'a CronJob never meets itself, has deadlines, and runs on UTC',
    overlay: 'production',
    add: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'expire-carts', namespace: 'tally' },
      spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: { spec: { containers: [] } } } } },
    },
    found: 'CronJob/expire-carts',
  },
]);

test('paths of the probes and the time to drain are those of the code', () => {
  const code = (path: string) => readFileSync(inRoot('packages/runtime/src', path), 'utf8');
  expect(code('health.ts')).toContain(`'/health/live'`);
  expect(code('health.ts')).toContain(`'/health/ready'`);
  expect(code('run-app.ts')).toContain('shutdownMs = 25_000');
});
