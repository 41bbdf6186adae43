import type { KubernetesObject } from './objects.ts';
import { nameOf } from './objects.ts';
import type { Finding } from './policy.ts';

/** Says what is wrong with an object of its kind; `null`: nothing. */
export type Validate = (object: object) => string | null;

type Model = new (object: object) => { validate(): void };

// Which package has the models of an API group; groups without a dot, and those of Kubernetes itself, are in the first.
const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'kafka.strimzi.io': '@kubernetes-models/strimzi-kafka-operator',
  'postgresql.cnpg.io': '@kubernetes-models/cloudnative-pg',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};

/** The validator of an object's kind and version; `null`: nobody knows it. */
export async function validatorOf({ apiVersion, kind }: KubernetesObject): Promise<Validate | null> {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const specifier = `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
  const module = (await import(/* @vite-ignore */ specifier).catch(() => null)) as Readonly<Record<string, Model>> | null;
  const model = module?.[kind];
  return model === undefined ? null : (object) => complaintOf(() => new model(object).validate());
}

function complaintOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Objects of a kind that nobody knows, and those with a wrong type, a missing field or a wrong format. Fields that nobody knows pass. */
export async function schemaFindings(objects: readonly KubernetesObject[]): Promise<readonly Finding[]> {
  const found = await Promise.all(
    objects.map(async (object) => {
      const validate = await validatorOf(object);
      const says = validate === null ? `${object.apiVersion} ${object.kind} is a kind that nobody knows` : validate(object);
      return says === null ? [] : [{ object: nameOf(object), says }];
    }),
  );
  return found.flat();
}

/**
 * Fields that no schema knows, by which a misspelt one shows: each value in turn is replaced by a symbol, which is of no type; if the object is still
 * valid, nobody looks at that value.
 *
 * @param known paths where a schema takes anything.
 */
export async function unknownFields(objects: readonly KubernetesObject[], known: readonly RegExp[] = []): Promise<readonly Finding[]> {
  const found = await Promise.all(
    objects.map(async (object) => {
      const validate = await validatorOf(object);
      if (validate === null) return [];
      const name = nameOf(object);
      return unread(object, validate)
        .filter((path) => !known.some((pattern) => pattern.test(`${name} ${path}`)))
        .map((path) => ({ object: name, says: `${path} is a field that nobody knows` }));
    }),
  );
  return found.flat();
}

/** Paths below which nothing matters to the validator; what lies below one of them is not listed again. */
function unread(object: object, validate: Validate): readonly string[] {
  const nothing = Symbol('no type');
  const copy = structuredClone(object);
  const probe = (holder: Record<string, unknown>, path: string): readonly string[] =>
    Object.entries(holder).flatMap(([key, value]) => {
      holder[key] = nothing;
      const unseen = validate(copy) === null;
      holder[key] = value;
      if (unseen) return [`${path}/${key}`];
      return typeof value === 'object' && value !== null ? probe(value as Record<string, unknown>, `${path}/${key}`) : [];
    });
  return probe(copy as Record<string, unknown>, '');
}
