import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root, subgraphNames } from '../../../repository.ts';
import { describePolicies } from '../broken.ts';
import { consumerGroupsIn } from '../consumer-groups.ts';
import { catalogue } from '../kafka-topics.ts';
import { autoscaling, lagPolicies } from './autoscaling.ts';

const groups = subgraphNames().flatMap((subgraph) =>
  globSync(`subgraphs/${subgraph}/src/app.ts`, { cwd: root }).flatMap((path) =>
    consumerGroupsIn(readFileSync(`${root}/${path}`, 'utf8')).map((group) => ({ subgraph, ...group })),
  ),
);

const decides = 'one autoscaler decides, and the Deployment keeps silent';
const own = 'a worker scales on the lag of its own consumer groups, all of them';
const slowly = 'pods go after five quiet minutes: each change of members costs a rebalance';

describePolicies(
  'autoscaling',
  [...autoscaling, ...lagPolicies(groups, catalogue)],
  [
    { policy: decides, overlay: 'production', object: 'HorizontalPodAutoscaler/users-api', remove: '', found: 'Deployment/users-api' },
    {
      policy: decides,
      overlay: 'production',
      add: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'second', namespace: 'tally' },
        spec: { maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'orders-worker' } },
      },
      found: 'Deployment/orders-worker',
    },
    { policy: decides, overlay: 'production', object: 'Deployment/gateway', set: ['/spec/replicas', 3] },
    {
      policy: 'an autoscaler leads to a Deployment',
      overlay: 'production',
      object: 'ScaledObject/payments-worker',
      set: ['/spec/scaleTargetRef/name', 'payment-worker'],
    },
    {
      policy: 'requests scale on CPU (70 %) and memory (80 %)',
      overlay: 'production',
      object: 'HorizontalPodAutoscaler/gateway',
      remove: '/spec/metrics/1',
    },
    { policy: slowly, overlay: 'production', object: 'HorizontalPodAutoscaler/gateway', remove: '/spec/behavior' },
    { policy: slowly, overlay: 'production', object: 'ScaledObject/orders-worker', remove: '/spec/advanced' },
    {
      policy: 'while Redis is away, gateways divide the limits by the number that surely runs',
      overlay: 'production',
      object: 'ConfigMap/gateway',
      remove: '/data/GATEWAY_REPLICAS',
    },
    { policy: own, overlay: 'production', object: 'ScaledObject/orders-worker', remove: '/spec/triggers/2' },
    {
      policy: own,
      overlay: 'production',
      object: 'ScaledObject/orders-worker',
      set: ['/spec/triggers/0/metadata/consumerGroup', 'order'],
    },
    {
      policy: 'a group has no more members than partitions',
      overlay: 'production',
      object: 'ScaledObject/orders-worker',
      set: ['/spec/maxReplicaCount', 9],
    },
  ],
);

test('the consumer groups are read from the code of every worker that has one', () => {
  expect(groups.map(({ group }) => group).sort()).toEqual([
    'notifications',
    'orders',
    'orders-prices',
    'payments',
    'products',
    'products-search',
  ]);
});
