import { BlockList } from 'node:net';
import type { INetworkPolicy, INetworkPolicyPeer, INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1';
import type { ILabelSelector } from '@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector';
import { matches, ofKind, type KubernetesObject, type Labels } from './objects.ts';
import { podsOf, WORLD, type Peer } from './peers.ts';

/** Who may open a connection to whom. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

export const toLine = ({ from, to, port }: Edge): string => `${from} → ${to} ${String(port)}`;

/** What is asked of ports that nobody names. */
const anyPort = 8080;

type Direction = 'Ingress' | 'Egress';

/**
 * All connections that the NetworkPolicies of an overlay allow, as a network that enforces them would: between two pods both sides must agree; a pod
 * that no policy selects is open.
 */
export function edgesOf(objects: readonly KubernetesObject[]): readonly Edge[] {
  const policies = ofKind(objects, 'NetworkPolicy').flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
  const pods = podsOf(objects);
  const peers = [...pods, ...WORLD];
  const ports = portsOf(policies, pods);
  return peers.flatMap((from) =>
    peers
      .filter((to) => !(from.outside && to.outside))
      .flatMap((to) =>
        ports
          .filter((port) => allows(policies, 'Egress', from, to, port) && allows(policies, 'Ingress', to, from, port, to))
          .map((port) => ({ from: from.name, to: to.name, port })),
      ),
  );
}

type Spec = NonNullable<INetworkPolicy['spec']>;

function portsOf(policies: readonly Spec[], pods: readonly Peer[]): readonly number[] {
  const named = policies
    .flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress].flatMap(({ ports = [] }) => ports))
    .flatMap(({ port }) => (typeof port === 'number' ? [port] : []));
  return [...new Set([...named, ...pods.flatMap((pod) => Object.values(pod.ports)), anyPort])].sort((a, b) => a - b);
}

/** Whether the policies of `self` let it talk to `other`, in one direction; `listener` is who has the port. */
function allows(policies: readonly Spec[], direction: Direction, self: Peer, other: Peer, port: number, listener: Peer = other): boolean {
  if (self.outside) return true;
  const selecting = policies.filter(
    (policy) => (policy.policyTypes ?? ['Ingress']).includes(direction) && selects(policy.podSelector, self.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some((policy) =>
    rulesOf(policy, direction).some(
      ({ peers, ports }) => (peers ?? [null]).some((peer) => peer === null || isPeer(peer, other)) && hasPort(ports, port, listener),
    ),
  );
}

const rulesOf = (
  policy: Spec,
  direction: Direction,
): readonly { readonly peers: readonly INetworkPolicyPeer[] | undefined; readonly ports: readonly INetworkPolicyPort[] | undefined }[] =>
  direction === 'Ingress'
    ? (policy.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (policy.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

const hasPort = (ports: readonly INetworkPolicyPort[] | undefined, number: number, listener: Peer): boolean =>
  (ports ?? [{}]).some(
    ({ port }) => port === undefined || port === number || (typeof port === 'string' && listener.ports[port] === number),
  );

function isPeer({ ipBlock, namespaceSelector, podSelector }: INetworkPolicyPeer, peer: Peer): boolean {
  if (ipBlock !== undefined) {
    return (
      peer.address !== undefined &&
      inBlock(ipBlock.cidr, peer.address) &&
      !(ipBlock.except ?? []).some((cidr) => inBlock(cidr, peer.address))
    );
  }
  if (peer.labels === undefined) return false;
  // Without a selector of namespaces its own is meant.
  return (
    (namespaceSelector === undefined ? !peer.outside : selects(namespaceSelector, peer.namespace)) && selects(podSelector, peer.labels)
  );
}

function inBlock(cidr: string, address: string | undefined): boolean {
  const [network = '', bits] = cidr.split('/');
  const block = new BlockList();
  block.addSubnet(network, Number(bits));
  return address !== undefined && block.check(address);
}

function selects(selector: ILabelSelector | undefined, labels: Labels = {}): boolean {
  const expressions = selector?.matchExpressions ?? [];
  return (
    matches(labels, selector?.matchLabels) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      throw new Error(`a selector's operator is ${operator}`);
    })
  );
}
