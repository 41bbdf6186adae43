import { nameOf, ofKind, type KubernetesObject } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { workloadsOf } from '../workloads.ts';
import { coveredBy } from './references.ts';
import { scalesOf } from './scales.ts';

const budgets: Policy = {
  rule: 'each Deployment has one disruption budget, which lets sick pods go',
  find: (objects) => {
    const all = ofKind(objects, 'PodDisruptionBudget');
    return [
      ...ofKind(objects, 'Deployment').flatMap((object) => {
        const own = all.filter((budget) => coveredBy(budget, objects).includes(nameOf(object)));
        return complaints(nameOf(object), { [`it has ${String(own.length)}`]: own.length === 1 });
      }),
      ...all.flatMap((budget) =>
        complaints(nameOf(budget), {
          'it does not cover one Deployment': coveredBy(budget, objects).length === 1,
          'it keeps sick pods': budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow',
          'it does not let one pod go at a time': budget.spec?.maxUnavailable === 1,
        }),
      ),
    ];
  },
};

const spread: Policy = {
  rule: 'the pods of a Deployment are spread over zones and hosts',
  find: (objects) =>
    workloadsOf(objects)
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ name, labels, pod: { topologySpreadConstraints: constraints = [] } }) => [
        ...complaints(
          name,
          Object.fromEntries(
            ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) => [
              `it is not spread over ${key}`,
              constraints.some(({ topologyKey, maxSkew }) => topologyKey === key && maxSkew === 1),
            ]),
          ),
        ),
        ...constraints.flatMap(({ topologyKey, labelSelector, matchLabelKeys = [] }) => {
          const keys = matchLabelKeys.filter((key) => key !== 'pod-template-hash');
          const selector = Object.entries(labelSelector?.matchLabels ?? {});
          return complaints(name, {
            [`over ${topologyKey} it counts pods of others`]:
              ['app.kubernetes.io/name', 'app.kubernetes.io/component'].every((key) => keys.includes(key)) &&
              keys.every((key) => labels[key] !== undefined) &&
              selector.every(([key, value]) => labels[key] === value),
          });
        }),
      ]),
};

const fewest = (object: KubernetesObject): number => (object.metadata.name === 'gateway' ? 3 : 2);

const several: Policy = {
  rule: 'at least two pods of each, three gateways',
  only: 'production',
  find: (objects) =>
    ofKind(objects, 'Deployment').flatMap((object) => {
      const least = Math.min(...scalesOf(object, objects).map(({ min }) => min));
      return complaints(nameOf(object), { [`${String(least)} at least`]: least >= fewest(object) });
    }),
};

export const availability = [budgets, spread, several];
