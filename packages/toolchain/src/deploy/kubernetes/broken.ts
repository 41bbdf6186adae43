import { describe, expect, test } from 'vitest';
import { kubectlFound, overlay, renderTimeoutMs, type Overlay } from './kubectl.ts';
import { nameOf, type KubernetesObject } from './objects.ts';
import { linesOf, type Policy } from './policy.ts';

/** One change to an overlay that breaks one rule. Paths are JSON pointers, where an item of a list may be given by its name; `~1` is a slash in a key. */
export interface Broken {
  /** The policy that must find it. */
  readonly policy: string;
  readonly overlay: Overlay;
  /** What is changed: `Deployment/orders-api`; the hash of a ConfigMap and the release of a Job are left out. With none, `add` is added. */
  readonly object?: string;
  readonly set?: readonly [path: string, value: unknown];
  readonly remove?: string;
  readonly add?: KubernetesObject & Readonly<Record<string, unknown>>;
  /** Whom the finding names; default: the object. */
  readonly found?: string;
}

/** The objects of an overlay after a change; the overlay itself stays as it is. @throws {Error} there is no such object, or no such path. */
export function breakIt(objects: readonly KubernetesObject[], { object = '', set, remove, add }: Broken): readonly KubernetesObject[] {
  if (add !== undefined) return [...objects, add];
  const target = objects.find((one) => isNamed(nameOf(one), object));
  if (target === undefined) throw new Error(`there is no ${object}`);
  if (remove === '') return objects.filter((one) => one !== target);
  const copy = structuredClone(target);
  const path = (set?.[0] ?? remove ?? '').split('/').slice(1);
  const holder = path.slice(0, -1).reduce<unknown>((inner, step) => (inner as Editable)[keyOf(inner, step)], copy);
  if (typeof holder !== 'object' || holder === null) throw new Error(`${object} has nothing at /${path.slice(0, -1).join('/')}`);
  const key = keyOf(holder, path.at(-1) ?? '');
  if (set === undefined && !Object.hasOwn(holder, key)) throw new Error(`${object} has no ${remove ?? ''}`);
  if (set !== undefined) (holder as Editable)[key] = set[1];
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return objects.map((one) => (one === target ? copy : one));
}

const isNamed = (name: string, object: string): boolean =>
  name === object || (/^(ConfigMap|Job)\//.test(object) && name.startsWith(`${object}-`));

type Editable = Record<string, unknown>;

/** A key as it is written in a path; in a list, also the `name` of one of its items. */
function keyOf(holder: unknown, step: string): string {
  const key = step.replaceAll('~1', '/');
  if (!Array.isArray(holder) || /^\d+$/.test(key)) return key;
  const at = holder.findIndex((item: { readonly name?: string }) => item.name === key);
  if (at === -1) throw new Error(`nothing in the list is called ${key}`);
  return String(at);
}

/** Tests of policies: both overlays keep them, each finds its broken fixtures, and none is without one. */
export function describePolicies(title: string, policies: readonly Policy[], broken: readonly Broken[]): void {
  describe.skipIf(!kubectlFound)(`${title}${kubectlFound ? '' : ' (kubectl is missing)'}`, { timeout: renderTimeoutMs }, () => {
    const kept = (['local', 'production'] as const).flatMap((name) =>
      policies.filter(({ only }) => only === undefined || only === name).map((policy) => [name, policy.rule, policy] as const),
    );
    test.each(kept)('%s keeps: %s', (name, _, policy) => {
      expect(linesOf([policy], overlay(name))).toEqual([]);
    });

    test.each(broken.map((fixture) => [describeChange(fixture), fixture] as const))('%s', (_, fixture) => {
      const policy = policies.find(({ rule }) => rule === fixture.policy);
      const objects = breakIt(overlay(fixture.overlay), fixture);
      const expected = fixture.found ?? fixture.object ?? '';
      const found = policy?.find(objects).map(({ object }) => object) ?? [];
      expect(found.filter((object) => isNamed(object, expected))).not.toEqual([]);
    });

    test('every policy has a fixture that breaks it', () => {
      expect(new Set(broken.map(({ policy }) => policy))).toEqual(new Set(policies.map(({ rule }) => rule)));
    });
  });
}

function describeChange({ policy, object, set, remove, add }: Broken): string {
  const name = object ?? (add === undefined ? '' : nameOf(add));
  const change =
    set !== undefined ? `with ${set[0]} ${JSON.stringify(set[1])}` : remove === undefined || remove === '' ? '' : `without ${remove}`;
  return `${remove === '' ? `without ${name}` : `${name} ${change}`.trim()} breaks: ${policy}`;
}
