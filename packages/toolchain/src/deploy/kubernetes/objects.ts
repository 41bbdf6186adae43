import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { ICronJob, IJob } from 'kubernetes-models/batch/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, INamespace, ISecret, IService, IServiceAccount } from 'kubernetes-models/v1';
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { IKafka, IKafkaNodePool, IKafkaTopic, IKafkaUser } from '@kubernetes-models/strimzi-kafka-operator/kafka.strimzi.io/v1';
import { parseAllDocuments } from 'yaml';

/** Any object of a rendered overlay. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
}

/** Labels or annotations. */
export type Labels = Readonly<Record<string, string>>;

/** The kinds whose fields are read here. */
interface Kinds {
  readonly Cluster: ICluster;
  readonly ConfigMap: IConfigMap;
  readonly CronJob: ICronJob;
  readonly Deployment: IDeployment;
  readonly HTTPRoute: IHTTPRoute;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly Job: IJob;
  readonly Kafka: IKafka;
  readonly KafkaNodePool: IKafkaNodePool;
  readonly KafkaTopic: IKafkaTopic;
  readonly KafkaUser: IKafkaUser;
  readonly Namespace: INamespace;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly ScaledObject: IScaledObject;
  readonly Secret: ISecret;
  readonly Service: IService;
  readonly ServiceAccount: IServiceAccount;
  readonly StatefulSet: IStatefulSet;
}

/** An object of one kind. What it has besides its name may be absent: nobody has validated it yet. */
export type Of<Kind extends keyof Kinds> = KubernetesObject & Kinds[Kind];

/**
 * The objects of a file with several documents.
 *
 * @throws {Error} it is no YAML, or a document is no object of Kubernetes.
 */
export function parseObjects(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const value: unknown = document.toJS();
    if (!isObject(value)) throw new Error(`no object of Kubernetes: ${JSON.stringify(value)}`);
    return value;
  });
}

function isObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubernetesObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

/** How findings name an object: `Deployment/orders-api`. */
export const nameOf = ({ kind, metadata }: Pick<KubernetesObject, 'kind'> & { readonly metadata: { readonly name: string } }): string =>
  `${kind}/${metadata.name}`;

/** The objects of one kind. */
export function ofKind<Kind extends keyof Kinds>(objects: readonly KubernetesObject[], kind: Kind): readonly Of<Kind>[] {
  return objects.filter((object) => object.kind === kind) as Of<Kind>[];
}

/** Whether labels have everything a selector asks for. */
export function matches(labels: Labels | undefined, selector: Labels | undefined): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}

/** Every text in an object, with the path that leads to it. */
export function textsIn(value: unknown, path = ''): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}/${key}`));
}
