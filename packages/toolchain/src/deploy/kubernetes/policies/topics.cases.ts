import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../../../repository.ts';
import { describePolicies } from '../broken.ts';
import { catalogue, kafkaTopicsFile } from '../kafka-topics.ts';
import { topicPolicies } from './topics.ts';

const complete = 'each topic of the catalogue exists, and no other';
const faithful = 'a topic has the partitions, retention and copies that the catalogue says';

describePolicies('topics', topicPolicies(catalogue), [
  { policy: complete, overlay: 'production', object: 'KafkaTopic/orders.order.v1.dlq', remove: '' },
  {
    policy: complete,
    overlay: 'production',
    add: { apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata: { name: 'orders.order.v2', namespace: 'tally' } },
    found: 'KafkaTopic/orders.order.v2',
  },
  { policy: faithful, overlay: 'production', object: 'KafkaTopic/orders.order.v1', set: ['/spec/partitions', 12] },
  { policy: faithful, overlay: 'production', object: 'KafkaTopic/orders.order.v1', set: ['/spec/replicas', 1] },
  { policy: faithful, overlay: 'production', object: 'KafkaTopic/users.user.v1', set: ['/spec/config/cleanup.policy', 'delete'] },
  { policy: faithful, overlay: 'production', object: 'KafkaTopic/orders.order.v1', set: ['/spec/config/retention.ms', 86_400_000] },
]);

test('k8s/components/topics/topics.yaml is what packages/events says', () => {
  expect(readFileSync(inRoot('k8s/components/topics/topics.yaml'), 'utf8')).toBe(kafkaTopicsFile());
});
