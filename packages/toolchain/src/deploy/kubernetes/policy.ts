import type { KubernetesObject } from './objects.ts';

/** What is wrong with one object. */
export interface Finding {
  /** `Deployment/orders-api` */
  readonly object: string;
  readonly says: string;
}

/** A rule that rendered objects keep. */
export interface Policy {
  /** The rule in a sentence; a finding is printed behind it. */
  readonly rule: string;
  /** Which overlays must keep it. Default: all. */
  readonly only?: 'production';
  find(objects: readonly KubernetesObject[]): readonly Finding[];
}

/** A finding per check that does not hold. */
export const complaints = (object: string, checks: Readonly<Record<string, boolean>>): readonly Finding[] =>
  Object.entries(checks).flatMap(([says, holds]) => (holds ? [] : [{ object, says }]));

/** Findings as lines that name object and rule. */
export const linesOf = (policies: readonly Policy[], objects: readonly KubernetesObject[]): readonly string[] =>
  policies.flatMap(({ rule, find }) => find(objects).map(({ object, says }) => `${object}: ${rule}: ${says}`));
