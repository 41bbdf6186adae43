import { typeOf, type Coordinate } from './change.ts';
import { allOf, implies, type Requirement } from './requirement.ts';
import type { Uses } from './uses.ts';

/** Which operations a breaking change meets: those that select a field, give an argument, and so on. */
export type Reach =
  | { readonly kind: 'selects'; readonly field: Coordinate }
  | { readonly kind: 'gives-argument'; readonly field: Coordinate; readonly argument: string }
  /** `omission`: leaving the argument out is refused too. */
  | { readonly kind: 'argument-refused'; readonly field: Coordinate; readonly argument: string; readonly omission: boolean }
  | { readonly kind: 'gives-input'; readonly field: Coordinate }
  | { readonly kind: 'input-refused'; readonly field: Coordinate; readonly omission: boolean }
  | { readonly kind: 'value'; readonly value: Coordinate }
  | { readonly kind: 'type'; readonly name: string }
  /** Fragments that can no longer match: the operation is refused at one of these types. */
  | { readonly kind: 'types-refused'; readonly names: readonly string[] }
  | { readonly kind: 'directive'; readonly name: string }
  | { readonly kind: 'access'; readonly demanded: ReadonlyMap<Coordinate, Requirement> };

/** An operation as the old graph sees it, and where the new one refuses it. */
export interface Client {
  readonly uses: Uses;
  /** Coordinates, of the old graph, of what the new graph finds fault with. */
  readonly refused: ReadonlySet<Coordinate>;
}

/** Whether a change reaches an operation. `accessBefore`: what a caller had to be in the old graph to get a field. */
export function reaches(reach: Reach, client: Client, accessBefore: (field: Coordinate) => Requirement): boolean {
  const { uses, refused } = client;
  const selections = 'field' in reach ? (uses.selections.get(reach.field) ?? []) : [];
  switch (reach.kind) {
    case 'selects':
      return selections.length > 0;
    case 'gives-argument':
      return selections.some(({ given }) => given.has(reach.argument));
    case 'argument-refused':
      return (
        refused.has(`${reach.field}(${reach.argument}:)`) || (reach.omission && selections.some(({ given }) => !given.has(reach.argument)))
      );
    case 'gives-input':
      return uses.sent.has(typeOf(reach.field)) || uses.written.has(reach.field);
    case 'input-refused':
      return uses.sent.has(typeOf(reach.field)) || refused.has(reach.field) || (reach.omission && omits(uses, reach.field));
    case 'value':
      return [uses.sent, uses.read].some((types) => types.has(typeOf(reach.value))) || uses.written.has(reach.value);
    case 'type':
      return uses.read.has(reach.name) || uses.sent.has(reach.name) || uses.objects.has(reach.name);
    case 'types-refused':
      return reach.names.some((name) => refused.has(name));
    case 'directive':
      return uses.directives.has(reach.name);
    case 'access':
      return lacks(uses, reach.demanded, accessBefore);
  }
}

function omits({ objects }: Uses, field: Coordinate): boolean {
  const [type = '', name = ''] = field.split('.');
  return (objects.get(type) ?? []).some((given) => !given.has(name));
}

// Whoever got as far as the field before was what its path asked for. Where that is enough for the new requirement, nobody loses anything.
function lacks({ reached }: Uses, demanded: ReadonlyMap<Coordinate, Requirement>, before: (field: Coordinate) => Requirement): boolean {
  return [...demanded].some(([field, requirement]) =>
    (reached.get(field) ?? []).some((path) => !implies(allOf(path.map(before)), requirement)),
  );
}
