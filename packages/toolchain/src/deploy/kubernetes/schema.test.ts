import { describe, expect, test } from 'vitest';
import { breakIt, type Broken } from './broken.ts';
import { kubectlFound, overlay, renderTimeoutMs } from './kubectl.ts';
import { schemaFindings, unknownFields } from './schema.ts';

/** Properties of brokers and topics: any name, any value. Policies say which. */
const ANYTHING = [/^Kafka\/kafka \/spec\/kafka\/config\//, /^KafkaTopic\/\S+ \/spec\/config\//];

const misspelt: readonly (Omit<Broken, 'policy'> & { readonly object: string; readonly field: string })[] = [
  { overlay: 'production', object: 'Deployment/users-worker', set: ['/spec/replica', 3], field: '/spec/replica' },
  {
    overlay: 'production',
    object: 'Deployment/gateway',
    set: ['/spec/template/spec/containers/app/readinesProbe', { periodSeconds: 5 }],
    field: '/spec/template/spec/containers/0/readinesProbe',
  },
  { overlay: 'production', object: 'ScaledObject/orders-worker', set: ['/spec/triger', []], field: '/spec/triger' },
  { overlay: 'local', object: 'NetworkPolicy/gateway', set: ['/spec/policyType', ['Egress']], field: '/spec/policyType' },
  {
    overlay: 'production',
    object: 'Cluster/postgres',
    set: ['/spec/postgresql/synchronous/durability', 'required'],
    field: '/spec/postgresql/synchronous/durability',
  },
  { overlay: 'production', object: 'HTTPRoute/shop', set: ['/spec/rules/0/timeout', '0s'], field: '/spec/rules/0/timeout' },
  { overlay: 'production', object: 'KafkaTopic/orders.order.v1', set: ['/spec/replication', 3], field: '/spec/replication' },
];

const wrong: readonly (Omit<Broken, 'policy'> & { readonly object: string; readonly says: RegExp })[] = [
  { overlay: 'production', object: 'Deployment/users-worker', set: ['/spec/replicas', 'three'], says: /replicas must be integer/ },
  { overlay: 'local', object: 'Service/gateway', set: ['/spec/ports/0/port', null], says: /port/ },
  { overlay: 'production', object: 'ScaledObject/orders-worker', remove: '/spec/scaleTargetRef', says: /scaleTargetRef/ },
  { overlay: 'production', object: 'Cluster/postgres', set: ['/spec/instances', 0], says: /instances/ },
  { overlay: 'production', object: 'KafkaTopic/orders.order.v1', set: ['/spec/partitions', '8'], says: /partitions/ },
  { overlay: 'local', object: 'StatefulSet/redis', set: ['/kind', 'StatefullSet'], says: /nobody knows/ },
  { overlay: 'production', object: 'Kafka/kafka', set: ['/apiVersion', 'kafka.strimzi.io/v3'], says: /nobody knows/ },
];

describe.skipIf(!kubectlFound)(`schemas${kubectlFound ? '' : ' (kubectl is missing)'}`, { timeout: renderTimeoutMs }, () => {
  test.each(['local', 'production'] as const)('every object of %s is of a known kind and keeps its schema', async (name) => {
    expect(overlay(name).length).toBeGreaterThan(80);
    expect(await schemaFindings(overlay(name))).toEqual([]);
  });

  test.each(['local', 'production'] as const)('every field of %s is one that its schema knows', async (name) => {
    expect(await unknownFields(overlay(name), ANYTHING)).toEqual([]);
  });

  test.each(wrong)('$object of $overlay breaks its schema after a change', async ({ says, ...change }) => {
    const found = await schemaFindings(breakIt(overlay(change.overlay), { ...change, policy: '' }));
    expect(found).toHaveLength(1);
    expect(found[0]?.says).toMatch(says);
  });

  test.each(misspelt)('$field of $object is a field that nobody knows', async ({ field, object, ...change }) => {
    const broken = breakIt(overlay(change.overlay), { ...change, object, policy: '' });
    expect(await schemaFindings(broken)).toEqual([]);
    expect(await unknownFields(broken, ANYTHING)).toEqual([{ object, says: `${field} is a field that nobody knows` }]);
  });
});
