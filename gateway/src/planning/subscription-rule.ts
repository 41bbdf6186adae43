import { GraphQLError, Kind, OperationTypeNode, type FragmentDefinitionNode, type SelectionNode, type ValidationRule } from 'graphql';

/**
 * What the planner cannot plan is refused in validation: a root field of a subscription that may be left out. Events of a field that is not there would
 * be nothing.
 */
export const subscriptionRootRule: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
    const seen = new Set<FragmentDefinitionNode>();
    const visit = (selections: readonly SelectionNode[]): void => {
      for (const selection of selections) {
        const directive = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include');
        if (directive !== undefined) {
          context.reportError(
            new GraphQLError(`The root field of a subscription takes no @${directive.name.value}.`, { nodes: [directive] }),
          );
        }
        if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet.selections);
        if (selection.kind !== Kind.FRAGMENT_SPREAD) continue;
        const fragment = context.getFragment(selection.name.value);
        if (fragment == null || seen.has(fragment)) continue;
        seen.add(fragment);
        visit(fragment.selectionSet.selections);
      }
    };
    visit(operation.selectionSet.selections);
  },
});
