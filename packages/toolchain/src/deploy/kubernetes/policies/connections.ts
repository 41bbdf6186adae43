import { nameOf, ofKind, type KubernetesObject } from '../objects.ts';
import type { Policy } from '../policy.ts';
import { variablesOf } from '../variables.ts';
import { appOf, containersOf, workloadsOf, type Workload } from '../workloads.ts';
import { scalesOf } from './scales.ts';

/** For people, audits, backups and the operator. */
const reserve = 20;
/** Listening for wake-ups of other processes: the outbox's channel, and one that orders has besides. */
const wakes = 2;
const relay = 1;
/** Of each consumer: inbox, parked keys, redrives (packages/messaging, start-consumer). */
const perGroup = 3;
/** Prisma's and one that looks for pending migrations. */
const perJob = 2;
/** packages/payment-simulator, database. */
const ofSimulator = 10;

/** Most connections of one pod to PostgreSQL. */
function connectionsOf(workload: Workload, objects: readonly KubernetesObject[], groups: Readonly<Record<string, number>>): number {
  const app = containersOf(workload).map(({ image }) => appOf(image))[0];
  if (app === undefined || app === null || app === 'gateway') return 0;
  if (app === 'payment-simulator') return ofSimulator;
  if (app === 'migrate') return perJob;
  const { ROLES = 'api,worker', POOL_SIZE = '10' } = variablesOf(workload, objects);
  const working = ROLES.split(',').includes('worker') ? relay + perGroup * (groups[app] ?? 0) : 0;
  return Number(POOL_SIZE) + wakes + working;
}

const mostConnections = (objects: readonly KubernetesObject[]): { readonly object: string; readonly most: number } | null => {
  const [cluster] = ofKind(objects, 'Cluster');
  if (cluster !== undefined) {
    return { object: nameOf(cluster), most: Number(cluster.spec?.postgresql?.parameters?.['max_connections'] ?? 100) };
  }
  const server = ofKind(objects, 'StatefulSet').find(({ metadata }) => metadata.name === 'postgres');
  if (server === undefined) return null;
  const args = (server.spec?.template.spec?.containers ?? []).flatMap(({ args: all = [] }) => all).join(' ');
  return { object: nameOf(server), most: Number(/max_connections=(\d+)/.exec(args)?.[1] ?? 100) };
};

/** @param groups consumer groups of each subgraph. */
export function connectionPolicies(groups: Readonly<Record<string, number>>): readonly Policy[] {
  const enough: Policy = {
    rule: 'PostgreSQL has a connection for every pod there may be',
    find: (objects) => {
      const server = mostConnections(objects);
      if (server === null) return [{ object: 'Cluster/postgres', says: 'is missing' }];
      const needed = workloadsOf(objects).reduce(
        (sum, workload) => sum + podsAtMost(workload, objects) * connectionsOf(workload, objects, groups),
        0,
      );
      return needed <= server.most - reserve
        ? []
        : [{ object: server.object, says: `${String(server.most)}, and ${String(needed)} + ${String(reserve)} may be needed` }];
    },
  };
  return [enough];
}

/** A rollout adds one. */
function podsAtMost({ name, kind }: Workload, objects: readonly KubernetesObject[]): number {
  if (kind === 'Job') return 1;
  return ofKind(objects, 'Deployment')
    .filter((object) => nameOf(object) === name)
    .reduce((sum, object) => sum + Math.max(...scalesOf(object, objects).map(({ max }) => max)) + 1, 0);
}
