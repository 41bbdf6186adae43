import { Kind, OperationTypeNode, type DirectiveNode, type DocumentNode, type SelectionNode } from 'graphql';

/** Directives that may leave out the root field of a subscription. Events of a field that is not there would be nothing, and the planner cannot plan it. */
export function conditionsOnSubscriptions({ definitions }: DocumentNode): readonly DirectiveNode[] {
  const fragments = new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])));
  const seen = new Set<string>();
  const found: DirectiveNode[] = [];
  const visit = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      found.push(...(selection.directives ?? []).filter(({ name }) => name.value === 'skip' || name.value === 'include').slice(0, 1));
      if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet.selections);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      visit(fragments.get(selection.name.value)?.selectionSet.selections ?? []);
    }
  };
  for (const one of definitions) {
    if (one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION) visit(one.selectionSet.selections);
  }
  return found;
}

/** What is said of one. */
export const conditionalRoot = ({ name }: DirectiveNode): string => `The root field of a subscription takes no @${name.value}.`;
