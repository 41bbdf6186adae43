import { ofKind, type KubernetesObject, type Labels } from './objects.ts';
import { containersOf, workloadsOf } from './workloads.ts';
import { namespace } from './policies/naming.ts';

/** Somebody who may talk, or be talked to. */
export interface Peer {
  readonly name: string;
  /** Absent: an address outside the cluster. */
  readonly labels?: Labels;
  /** Labels of its namespace. */
  readonly namespace?: Labels;
  readonly address?: string;
  /** Numbers of its named ports. */
  readonly ports: Readonly<Record<string, number>>;
  /** Its side is not ours to close. */
  readonly outside: boolean;
}

const ours: Labels = { 'kubernetes.io/metadata.name': namespace };

/** Every pod of the overlay: of workloads, and those that operators make of their own kinds. */
export const podsOf = (objects: readonly KubernetesObject[]): readonly Peer[] => [
  ...workloadsOf(objects).map((workload) => ({
    name: workload.name,
    labels: workload.labels,
    namespace: ours,
    ports: Object.fromEntries(
      containersOf(workload).flatMap(({ ports = [] }) => ports.map(({ name = '', containerPort }) => [name, containerPort])),
    ),
    outside: false,
  })),
  ...ofKind(objects, 'Cluster').map(({ metadata, spec }) =>
    managed(`Cluster/${metadata.name}`, { 'cnpg.io/cluster': metadata.name, ...spec?.inheritedMetadata?.labels }),
  ),
  ...ofKind(objects, 'Kafka').flatMap(({ metadata, spec }) => [
    managed(`Kafka/${metadata.name}`, labelsOf(spec?.kafka?.template)),
    managed(`Kafka/${metadata.name} operator`, labelsOf(spec?.entityOperator?.template)),
  ]),
];

const managed = (name: string, labels: Labels): Peer => ({ name, labels, namespace: ours, ports: {}, outside: false });

const labelsOf = (template: { readonly pod?: { readonly metadata?: { readonly labels?: Labels } } } | undefined): Labels =>
  template?.pod?.metadata?.labels ?? {};

const elsewhere = (name: string, space: Labels, labels: Labels = {}): Peer => ({
  name,
  namespace: space,
  labels,
  ports: {},
  outside: true,
});
const named = (space: string): Labels => ({ 'kubernetes.io/metadata.name': space });
const at = (name: string, address: string): Peer => ({ name, address, ports: {}, outside: true });

/** The world around: those the policies speak of, and strangers whom nobody may let in. */
export const WORLD: readonly Peer[] = [
  elsewhere('edge', { ...named('edge'), 'tally/edge': 'true' }),
  elsewhere('names', named('kube-system'), { 'k8s-app': 'kube-dns' }),
  elsewhere('prometheus', named('monitoring'), { 'app.kubernetes.io/name': 'prometheus' }),
  elsewhere('collector', named('monitoring'), { 'app.kubernetes.io/name': 'opentelemetry-collector' }),
  elsewhere('keda', named('keda')),
  elsewhere('cnpg', named('cnpg-system')),
  elsewhere('strimzi', named('strimzi')),
  elsewhere('a stranger in the cluster', named('default')),
  at('the internet', '203.0.113.7'),
  at('redis outside', '10.20.0.7'),
  at('a stranger in the network', '10.99.0.7'),
];
