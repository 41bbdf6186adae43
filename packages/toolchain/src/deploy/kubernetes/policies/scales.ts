import { nameOf, ofKind, type KubernetesObject } from '../objects.ts';

/** Who decides how many pods a Deployment has, and within which bounds. */
export interface Scale {
  readonly by: string;
  readonly min: number;
  readonly max: number;
}

/** All that decide; with no autoscaler it is the Deployment itself. More than one is a fault. */
export function scalesOf(deployment: KubernetesObject, objects: readonly KubernetesObject[]): readonly Scale[] {
  const { name } = deployment.metadata;
  const autoscalers = [
    ...ofKind(objects, 'HorizontalPodAutoscaler')
      .filter(({ spec }) => spec?.scaleTargetRef?.name === name)
      .map((object) => ({ by: nameOf(object), min: object.spec?.minReplicas ?? 1, max: object.spec?.maxReplicas ?? 1 })),
    ...ofKind(objects, 'ScaledObject')
      .filter(({ spec }) => spec?.scaleTargetRef?.name === name)
      .map((object) => ({ by: nameOf(object), min: object.spec?.minReplicaCount ?? 0, max: object.spec?.maxReplicaCount ?? 100 })),
  ];
  if (autoscalers.length > 0) return autoscalers;
  const [replicas = 1] = ofKind([deployment], 'Deployment').map(({ spec }) => spec?.replicas ?? 1);
  return [{ by: nameOf(deployment), min: replicas, max: replicas }];
}
