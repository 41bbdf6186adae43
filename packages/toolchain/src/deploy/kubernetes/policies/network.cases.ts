import { describe, expect, test } from 'vitest';
import { describePolicies } from '../broken.ts';
import { edgesOf, toLine, type Edge } from '../edges.ts';
import type { KubernetesObject } from '../objects.ts';
import { workloadsOf } from '../workloads.ts';
import { networkPolicies } from './network.ts';

const SUBGRAPHS = ['products', 'orders', 'payments', 'users', 'notifications'];
const PORT: Readonly<Record<string, number>> = { products: 4001, orders: 4002, payments: 4003, users: 4004, notifications: 4005 };

const edges = (from: readonly string[], to: readonly string[], ports: readonly number[]): readonly Edge[] =>
  from.flatMap((one) => to.flatMap((other) => ports.map((port) => ({ from: one, to: other, port }))));

/** k8s/README.md, network, as data. */
function expected(objects: readonly KubernetesObject[]): readonly Edge[] {
  const workloads = workloadsOf(objects);
  const names = workloads.map(({ name }) => name);
  const local = names.includes('StatefulSet/postgres');
  const jobs = workloads.filter(({ kind }) => kind === 'Job').map(({ name }) => name);
  const simulator = names.filter((name) => name === 'Deployment/payment-simulator');
  const gateway = ['Deployment/gateway'];
  const apis = SUBGRAPHS.map((name) => `Deployment/${name}-api`);
  const workers = SUBGRAPHS.map((name) => `Deployment/${name}-worker`);
  const apps = [...gateway, ...apis, ...workers];
  const postgres = [local ? 'StatefulSet/postgres' : 'Cluster/postgres'];
  const kafka = [local ? 'StatefulSet/kafka' : 'Kafka/kafka'];
  const everyone = [...names, ...(local ? [] : ['Cluster/postgres', 'Kafka/kafka', 'Kafka/kafka operator'])];
  return [
    ...edges(['edge'], gateway, [4000]),
    ...SUBGRAPHS.flatMap((name) => edges(gateway, [`Deployment/${name}-api`], [PORT[name] ?? 0])),
    ...edges(
      [...gateway, 'Deployment/products-api', 'Deployment/products-worker'],
      [local ? 'StatefulSet/redis' : 'redis outside'],
      [6379],
    ),
    ...edges(apps, kafka, [9092]),
    ...edges([...apis, ...workers, ...jobs, ...simulator], postgres, [5432]),
    ...edges(['Deployment/payments-worker'], [local ? 'Deployment/payment-simulator' : 'the internet'], [local ? 4010 : 443]),
    ...edges(['Deployment/notifications-worker'], [local ? 'StatefulSet/mailpit' : 'the internet'], local ? [1025] : [465, 587]),
    ...edges(everyone, ['names'], [53]),
    ...edges(apps, ['collector'], [4318]),
    ...apps.flatMap((app) => edges(['prometheus'], [app], [metricsPort(app)])),
    ...(local ? edges(kafka, kafka, [9092]) : ofOperators(postgres, kafka)),
  ];
}

const metricsPort = (app: string): number => (PORT[/\/(\w+)-/.exec(app)?.[1] ?? ''] ?? 4000) + 5400;

const ANYWHERE = ['the internet', 'redis outside', 'a stranger in the network'];

/** The API server has no name: whoever reports to it may reach its ports everywhere. */
const ofOperators = (postgres: readonly string[], kafka: readonly string[]): readonly Edge[] => [
  ...edges([...postgres, 'cnpg'], postgres, [5432, 8000]),
  ...edges([...kafka, 'Kafka/kafka operator'], kafka, [9091]),
  ...edges(kafka, kafka, [9090]),
  ...edges(['strimzi'], kafka, [8443, 9090, 9091]),
  ...edges(['keda'], kafka, [9092]),
  ...edges([...postgres, ...kafka, 'Kafka/kafka operator'], ANYWHERE, [443, 6443]),
];

const policy = (name: string, spec: object): KubernetesObject & Readonly<Record<string, unknown>> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'tally' },
  spec,
});

const closed = 'nothing talks to anything unless a policy says so';
const explicit = 'a policy says which ways it is about';
const list = 'who may talk to whom is what k8s/README.md lists';

describePolicies('network', networkPolicies(expected), [
  { policy: closed, overlay: 'production', object: 'NetworkPolicy/nothing', remove: '' },
  { policy: closed, overlay: 'local', object: 'NetworkPolicy/nothing', set: ['/spec/policyTypes', ['Ingress']] },
  { policy: explicit, overlay: 'local', object: 'NetworkPolicy/gateway', set: ['/spec/policyTypes', ['Ingress']] },
  {
    policy: list,
    overlay: 'production',
    add: policy('open', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }),
    found: 'a stranger in the cluster',
  },
  {
    policy: list,
    overlay: 'production',
    add: policy('out', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }),
    found: 'Deployment/users-api',
  },
  { policy: list, overlay: 'production', object: 'NetworkPolicy/nothing', remove: '', found: 'a stranger in the cluster' },
  { policy: list, overlay: 'local', object: 'NetworkPolicy/orders', remove: '', found: 'Deployment/gateway' },
  {
    policy: list,
    overlay: 'local',
    add: policy('mail-from-the-gateway', {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gateway' } },
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 25 }] }],
    }),
    found: 'Deployment/gateway',
  },
  {
    policy: list,
    overlay: 'local',
    object: 'NetworkPolicy/redis',
    set: ['/spec/podSelector/matchLabels/tally~1part', 'cache'],
    found: 'Deployment/gateway',
  },
]);

describe('what NetworkPolicies allow', () => {
  const pod = (name: string, labels: Readonly<Record<string, string>>): KubernetesObject & Readonly<Record<string, unknown>> => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { metadata: { labels }, spec: { containers: [{ name: 'app', ports: [{ name: 'web', containerPort: 80 }] }] } } },
  });
  const between = (...policies: readonly KubernetesObject[]) =>
    edgesOf([pod('a', { app: 'a' }), pod('b', { app: 'b' }), ...policies])
      .filter(({ from, to }) => /^Deployment/.test(from) && /^Deployment/.test(to) && from !== to)
      .map(toLine);
  const selectA = { matchLabels: { app: 'a' } };
  const selectB = { matchLabels: { app: 'b' } };

  test('everything, where no policy selects anybody', () => {
    expect(between()).toEqual([
      'Deployment/a → Deployment/b 80',
      'Deployment/a → Deployment/b 8080',
      'Deployment/b → Deployment/a 80',
      'Deployment/b → Deployment/a 8080',
    ]);
  });

  test('nothing into a selected pod, and all out of it', () => {
    expect(between(policy('closed', { podSelector: selectB, policyTypes: ['Ingress'] }))).toEqual([
      'Deployment/b → Deployment/a 80',
      'Deployment/b → Deployment/a 8080',
    ]);
  });

  test('what both sides agree on, a port by its name', () => {
    const nothing = policy('nothing', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const out = policy('out', { podSelector: selectA, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: selectB }] }] });
    const into = policy('in', {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b', 'c'] }] },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['b'] }] } }], ports: [{ port: 'web' }] },
      ],
    });
    expect(between(nothing, out)).toEqual([]);
    expect(between(nothing, into)).toEqual([]);
    expect(between(nothing, out, into)).toEqual(['Deployment/a → Deployment/b 80']);
  });

  test('addresses of a block without those excepted', () => {
    const nothing = policy('nothing', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const out = policy('out', {
      podSelector: selectA,
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 443 }] }],
    });
    expect(edgesOf([pod('a', { app: 'a' }), nothing, out]).map(toLine)).toEqual(['Deployment/a → the internet 443']);
  });
});
