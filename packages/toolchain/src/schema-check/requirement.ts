/**
 * What a caller must be to see something: alternatives, each of them conditions that must all hold. One alternative without conditions is anybody.
 */
export type Requirement = readonly ReadonlySet<string>[];

/** No requirement. */
export const ANYBODY: Requirement = [new Set()];

/** Met by somebody with a token, whatever is in it. Every scope includes it. */
export const SIGNED_IN = 'signed in';

/** What must be met where all of them hold. */
export function allOf(requirements: readonly Requirement[]): Requirement {
  return requirements.reduce((left, right) => reduced(left.flatMap((one) => right.map((other) => one.union(other)))), ANYBODY);
}

/** Whether everybody who meets `held` meets `demanded` too. */
export function implies(held: Requirement, demanded: Requirement): boolean {
  return held.every((one) => demanded.some((other) => other.isSubsetOf(one)));
}

/** For people: `orders:read, or support and policy fraud`. */
export function toText(requirement: Requirement): string {
  const alternatives = requirement.map((conditions) => {
    const said = [...conditions].filter((condition) => condition !== SIGNED_IN || conditions.size === 1);
    return said.length === 0 ? 'anybody' : said.sort().join(' and ');
  });
  return alternatives.sort().join(', or ');
}

// An alternative that asks for more than another one adds nobody.
function reduced(requirement: Requirement): Requirement {
  return requirement.filter(
    (one, at) => !requirement.some((other, place) => other.isSubsetOf(one) && (other.size < one.size || place < at)),
  );
}
