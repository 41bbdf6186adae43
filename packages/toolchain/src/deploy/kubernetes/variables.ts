import { ofKind, type KubernetesObject } from './objects.ts';
import { containersOf, type Workload } from './workloads.ts';

/** The environment of a pod's containers: what its ConfigMaps hold, and its own values, which win. */
export function variablesOf(workload: Workload, objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  const configMaps = new Map(ofKind(objects, 'ConfigMap').map(({ metadata, data = {} }) => [metadata.name, data]));
  const entries = containersOf(workload).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.flatMap(({ configMapRef }) => Object.entries(configMaps.get(configMapRef?.name ?? '') ?? {})),
    ...env.map(({ name, value = '' }) => [name, value] as const),
  ]);
  return Object.fromEntries(entries);
}
