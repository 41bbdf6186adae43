import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { nameOf, ofKind, type KubernetesObject, type Labels, type Of } from './objects.ts';

/** What makes pods: a Deployment, StatefulSet, Job or CronJob. */
export interface Workload {
  /** `Deployment/orders-api` */
  readonly name: string;
  readonly kind: 'CronJob' | 'Deployment' | 'Job' | 'StatefulSet';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly pod: IPodSpec;
  /** One of our images, as opposed to somebody's PostgreSQL. */
  readonly ours: boolean;
}

/** Everything that makes pods here; operators make theirs from kinds of their own. */
export function workloadsOf(objects: readonly KubernetesObject[]): readonly Workload[] {
  return [
    ...ofKind(objects, 'Deployment').map((object) => toWorkload(object, object.spec?.template)),
    ...ofKind(objects, 'StatefulSet').map((object) => toWorkload(object, object.spec?.template)),
    ...ofKind(objects, 'Job').map((object) => toWorkload(object, object.spec?.template)),
    ...ofKind(objects, 'CronJob').map((object) => toWorkload(object, object.spec?.jobTemplate?.spec?.template)),
  ];
}

interface Template {
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly spec?: IPodSpec;
}

function toWorkload(object: Of<Workload['kind']>, template: unknown): Workload {
  const { metadata, spec = { containers: [] } } = (template ?? {}) as Template;
  return {
    name: nameOf(object),
    kind: object.kind,
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    pod: spec,
    ours: spec.containers.some(({ image }) => appOf(image) !== null),
  };
}

/** All containers of a pod, those that run before the others included. */
export const containersOf = ({ pod }: Workload): readonly IContainer[] => [...(pod.initContainers ?? []), ...pod.containers];

/** `orders` for `tally/orders:dev` and `registry.example/tally/orders@sha256:…`; `null` for images that are not ours. */
export const appOf = (image: string | undefined): string | null => /^(?:.+\/)?tally\/([a-z-]+)(?:[:@]|$)/.exec(image ?? '')?.[1] ?? null;

/** Volumes that hold secrets: where each file lies, and the Secret and key it comes from. */
export interface SecretFile {
  readonly path: string;
  readonly secret: string;
  readonly key: string;
  readonly readOnly: boolean;
}

/** The files of a pod that come from Secrets. */
export function secretFilesOf(workload: Workload): readonly SecretFile[] {
  const { volumes = [] } = workload.pod;
  return containersOf(workload).flatMap(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, mountPath, readOnly = false }) =>
      volumes
        .filter((volume) => volume.name === name)
        .flatMap(({ secret, projected }) => [
          ...(secret === undefined ? [] : [{ name: secret.secretName ?? '', items: secret.items ?? [] }]),
          ...(projected?.sources ?? []).flatMap((source) =>
            source.secret === undefined ? [] : [{ name: source.secret.name ?? '', items: source.secret.items ?? [] }],
          ),
        ])
        .flatMap((source) => source.items.map(({ key, path }) => ({ path: `${mountPath}/${path}`, secret: source.name, key, readOnly }))),
    ),
  );
}
