import type { TopicFacts } from '@tally/events';
import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { scalesOf } from './scales.ts';

/** Its pods do not share work: of any number one relays, the others stand by. */
const FIXED = ['Deployment/users-worker'];

const oneDecides: Policy = {
  rule: 'one autoscaler decides, and the Deployment keeps silent',
  only: 'production',
  find: (objects) =>
    ofKind(objects, 'Deployment').flatMap((object) => {
      const name = nameOf(object);
      const autoscalers = scalesOf(object, objects).filter(({ by }) => by !== name);
      const expected = FIXED.includes(name) ? 0 : 1;
      return complaints(name, {
        [`${String(autoscalers.length)} autoscalers`]: autoscalers.length === expected,
        'it says replicas besides': expected === 0 || object.spec?.replicas === undefined,
      });
    }),
};

const targetsExist: Policy = {
  rule: 'an autoscaler leads to a Deployment',
  find: (objects) => {
    const deployments = ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name);
    const targets = [
      ...ofKind(objects, 'HorizontalPodAutoscaler').map((object) => ({ name: nameOf(object), target: object.spec?.scaleTargetRef?.name })),
      ...ofKind(objects, 'ScaledObject').map((object) => ({ name: nameOf(object), target: object.spec?.scaleTargetRef?.name })),
    ];
    return targets.flatMap(({ name, target = '' }) => complaints(name, { [`there is no ${target}`]: deployments.includes(target) }));
  },
};

const onUse: Policy = {
  rule: 'requests scale on CPU (70 %) and memory (80 %)',
  find: (objects) =>
    ofKind(objects, 'HorizontalPodAutoscaler').flatMap((object) => {
      const targets = (object.spec?.metrics ?? []).map(
        ({ resource }) => `${resource?.name ?? ''} ${String(resource?.target.averageUtilization)}`,
      );
      return complaints(nameOf(object), { [targets.join(', ')]: ['cpu 70', 'memory 80'].every((target) => targets.includes(target)) });
    }),
};

const quietSeconds = 300;

const downSlowly: Policy = {
  rule: 'pods go after five quiet minutes: each change of members costs a rebalance',
  find: (objects) => [
    ...ofKind(objects, 'HorizontalPodAutoscaler').flatMap((object) =>
      complaints(nameOf(object), { 'they go earlier': object.spec?.behavior?.scaleDown?.stabilizationWindowSeconds === quietSeconds }),
    ),
    ...ofKind(objects, 'ScaledObject').flatMap((object) => {
      const behavior = object.spec?.advanced?.horizontalPodAutoscalerConfig?.behavior;
      return complaints(nameOf(object), { 'they go earlier': behavior?.scaleDown?.stabilizationWindowSeconds === quietSeconds });
    }),
  ],
};

/** A consumer group, as the code starts it: which subgraph, and which topics it reads. */
export interface ConsumerGroup {
  readonly subgraph: string;
  readonly group: string;
  readonly topics: readonly string[];
}

/** Workers scale on the lag of exactly the groups that the code starts, and not beyond the partitions of their topics. */
export function lagPolicies(groups: readonly ConsumerGroup[], topics: readonly TopicFacts[]): readonly Policy[] {
  const read = (object: string) =>
    groups
      .filter(({ subgraph }) => object === `ScaledObject/${subgraph}-worker`)
      .flatMap((one) => one.topics.map((topic) => `${one.group} ${topic}`));
  const ownGroups: Policy = {
    rule: 'a worker scales on the lag of its own consumer groups, all of them',
    find: (objects) =>
      ofKind(objects, 'ScaledObject').flatMap((object) => {
        const name = nameOf(object);
        const watched = (object.spec?.triggers ?? []).map(
          ({ metadata }) => `${metadata['consumerGroup'] ?? ''} ${metadata['topic'] ?? ''}`,
        );
        return [
          ...watched.filter((one) => !read(name).includes(one)).map((one) => ({ object: name, says: `nobody reads ${one}` })),
          ...read(name)
            .filter((one) => !watched.includes(one))
            .map((one) => ({ object: name, says: `${one} is not watched` })),
        ];
      }),
  };
  const noIdleMembers: Policy = {
    rule: 'a group has no more members than partitions',
    find: (objects) =>
      ofKind(objects, 'ScaledObject').flatMap((object) => {
        const watched = (object.spec?.triggers ?? []).map(({ metadata }) => metadata['topic']);
        const fewest = Math.min(...topics.filter(({ name }) => watched.includes(name)).map(({ partitions }) => partitions));
        const most = object.spec?.maxReplicaCount ?? 100;
        return complaints(nameOf(object), { [`${String(most)} members, ${String(fewest)} partitions`]: most <= fewest });
      }),
  };
  return [ownGroups, noIdleMembers];
}

const sharedLimits: Policy = {
  rule: 'while Redis is away, gateways divide the limits by the number that surely runs',
  only: 'production',
  find: (objects) => {
    const [gateway] = ofKind(objects, 'HorizontalPodAutoscaler').filter(({ metadata }) => metadata.name === 'gateway');
    return ofKind(objects, 'ConfigMap')
      .filter(({ metadata }) => /^gateway-[a-z0-9]{10}$/.test(metadata.name))
      .flatMap((object) =>
        complaints(nameOf(object), {
          [`GATEWAY_REPLICAS is ${object.data?.['GATEWAY_REPLICAS'] ?? 'absent'}`]:
            object.data?.['GATEWAY_REPLICAS'] === String(gateway?.spec?.minReplicas),
        }),
      );
  },
};

export const autoscaling = [oneDecides, targetsExist, onUse, downSlowly, sharedLimits];
