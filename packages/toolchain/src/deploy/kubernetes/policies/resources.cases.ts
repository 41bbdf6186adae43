import { expect, test } from 'vitest';
import { describePolicies } from '../broken.ts';
import { bytesOf } from './quantities.ts';
import { resources } from './resources.ts';

const container = '/spec/template/spec/containers/app';
const sized = 'each container says what it needs; memory is bounded by that, CPU is not';
const heap = 'the heap of Node may fill three quarters of the memory limit';

describePolicies('resources', resources, [
  { policy: sized, overlay: 'production', object: 'Deployment/orders-api', remove: `${container}/resources` },
  { policy: sized, overlay: 'production', object: 'Deployment/orders-api', set: [`${container}/resources/limits/cpu`, '1'] },
  {
    policy: sized,
    overlay: 'local',
    object: 'StatefulSet/postgres',
    set: [`/spec/template/spec/containers/postgres/resources/limits/memory`, '2Gi'],
  },
  { policy: sized, overlay: 'local', object: 'Job/seed', remove: `${container}/resources/limits/ephemeral-storage` },
  {
    policy: heap,
    overlay: 'production',
    object: 'Deployment/gateway',
    set: [`${container}/env/NODE_OPTIONS/value`, '--max-old-space-size=768'],
  },
  { policy: heap, overlay: 'local', object: 'Deployment/gateway', remove: `${container}/env/NODE_OPTIONS` },
  {
    policy: 'users has a thread more than passwords are hashed at once',
    overlay: 'production',
    object: 'Deployment/users-api',
    remove: `${container}/env/UV_THREADPOOL_SIZE`,
  },
]);

test.each([
  ['512Mi', 536_870_912],
  ['1Gi', 1_073_741_824],
  ['100M', 100_000_000],
  [1000, 1000],
  ['half a gigabyte', NaN],
  [undefined, NaN],
])('%s is %d bytes', (quantity, bytes) => {
  expect(bytesOf(quantity)).toBe(bytes);
});
