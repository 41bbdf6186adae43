import { matches, nameOf, ofKind, type KubernetesObject } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { containersOf, workloadsOf } from '../workloads.ts';

const ownPods: Policy = {
  rule: 'a selector finds the pods of its own workload alone',
  find: (objects) => {
    const workloads = workloadsOf(objects);
    return [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')].flatMap((object) => {
      const name = nameOf(object);
      const selector = object.spec?.selector?.matchLabels ?? {};
      const selected = workloads.filter(({ labels }) => matches(labels, selector)).map((workload) => workload.name);
      return complaints(name, {
        [`finds ${selected.length === 0 ? 'none' : selected.join(', ')}`]: selected.length === 1 && selected[0] === name,
      });
    });
  },
};

const servedPorts: Policy = {
  rule: 'a Service leads to pods that listen',
  find: (objects) =>
    ofKind(objects, 'Service').flatMap((service) => {
      const { selector, ports = [] } = service.spec ?? {};
      const targets = workloadsOf(objects).filter(({ labels, kind }) => kind !== 'Job' && matches(labels, selector));
      if (targets.length !== 1) return [{ object: nameOf(service), says: `leads to ${String(targets.length)} workloads` }];
      return ports.flatMap(({ targetPort }) => {
        const listens = targets.every((target) =>
          containersOf(target).some((container) => container.ports?.some(({ name }) => name === targetPort)),
        );
        return complaints(nameOf(service), { [`${String(targetPort)} is no named port of ${targets[0]?.name ?? ''}`]: listens });
      });
    }),
};

const routedServices: Policy = {
  rule: 'a route leads to a port of a Service',
  find: (objects) => {
    const open = ofKind(objects, 'Service').flatMap(({ metadata, spec }) =>
      (spec?.ports ?? []).map(({ port }) => `${metadata.name}:${String(port)}`),
    );
    return ofKind(objects, 'HTTPRoute').flatMap((route) =>
      (route.spec?.rules ?? [])
        .flatMap(({ backendRefs = [] }) => backendRefs.map(({ name, port }) => `${name}:${String(port)}`))
        .filter((target) => !open.includes(target))
        .map((target) => ({ object: nameOf(route), says: `there is no ${target}` })),
    );
  },
};

const named: Policy = {
  rule: 'what a pod names exists',
  find: (objects) => {
    const exists = (kind: string, name: string | undefined): boolean =>
      objects.some((object) => nameOf(object) === `${kind}/${name ?? ''}`);
    return workloadsOf(objects).flatMap((workload) => {
      const { serviceAccountName } = workload.pod;
      const configMaps = containersOf(workload).flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef?.name));
      return complaints(workload.name, {
        [`there is no ServiceAccount ${serviceAccountName ?? ''}`]: exists('ServiceAccount', serviceAccountName),
        ...Object.fromEntries(configMaps.map((name) => [`there is no ConfigMap ${name ?? ''}`, exists('ConfigMap', name)])),
      });
    });
  },
};

/** Deployments that a budget covers. */
export const coveredBy = (budget: KubernetesObject, objects: readonly KubernetesObject[]): readonly string[] =>
  ofKind([budget], 'PodDisruptionBudget').flatMap(({ spec }) =>
    workloadsOf(objects)
      .filter(({ labels }) => matches(labels, spec?.selector?.matchLabels))
      .map(({ name }) => name),
  );

export const references = [ownPods, servedPorts, routedServices, named];
