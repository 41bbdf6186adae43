import {
  Kind,
  OperationTypeNode,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { GraphOperation } from '../planning/operation.ts';
import { afterArgument, sequenceField, type TopicBinding } from '../supergraph/topic-bindings.ts';

/** The query by which the owner of the data answers what a subscription has missed, and where its parts stand in the answer. */
export interface ReplayOperation {
  readonly operation: GraphOperation;
  /** The response name of the client's root field; it holds the list of events. */
  readonly alias: string;
  /** Added to the client's selection, and cut out of what it gets. */
  readonly sequenceAlias: string;
  /** Likewise, with the path below it; `null` where there is one key. */
  readonly key: { readonly alias: string; readonly below: readonly string[] } | null;
  /** Takes the sequence after which to begin; `null`: the replay answers the present state. */
  readonly afterVariable: string | null;
}

/**
 * Writes the replay of a subscription: the client's own selection under its own alias, on the hidden field of its binding.
 *
 * @param root the operation's root field, with all that the client selects of it.
 */
export function replayOperation(subscription: GraphOperation, root: FieldNode, binding: TopicBinding, replay: string): ReplayOperation {
  const unused = unusedNames(subscription.document);
  const alias = root.alias?.value ?? root.name.value;
  const sequenceAlias = unused('sequence_');
  const afterVariable = binding.resumable ? unused('after_') : null;
  const [keyField, ...below] = binding.keyAt ?? [];
  const key = keyField === undefined ? null : { alias: unused('key_'), below };

  const added: SelectionNode[] = [field(sequenceField, [], sequenceAlias)];
  if (key !== null && keyField !== undefined) added.push(field(keyField, below, key.alias));
  const args: ArgumentNode[] = (root.arguments ?? []).filter(({ name }) => name.value !== afterArgument);
  if (afterVariable !== null) args.push(argument(afterArgument, afterVariable));

  const { definition, fragments } = subscription;
  const query: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    ...(definition.name === undefined ? {} : { name: definition.name }),
    variableDefinitions: [
      ...(definition.variableDefinitions ?? []),
      ...(afterVariable === null
        ? []
        : [
            {
              kind: Kind.VARIABLE_DEFINITION as const,
              variable: { kind: Kind.VARIABLE as const, name: named(afterVariable) },
              type: { kind: Kind.NAMED_TYPE as const, name: named('Int') },
            },
          ]),
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        {
          kind: Kind.FIELD,
          alias: named(alias),
          name: named(replay),
          arguments: args,
          selectionSet: { kind: Kind.SELECTION_SET, selections: [...(root.selectionSet?.selections ?? []), ...added] },
        },
      ],
    },
  };
  const rootType = subscription.generation.apiSchema.getSubscriptionType()?.name;
  const kept = Object.entries(fragments).filter(([, { typeCondition }]) => typeCondition.name.value !== rootType);
  const operation: GraphOperation = {
    ...subscription,
    view: 'supergraph',
    document: { kind: Kind.DOCUMENT, definitions: [query, ...kept.map(([, fragment]) => fragment)] },
    definition: query,
    fragments: Object.fromEntries(kept),
    key: `${subscription.key} replay`,
  };
  return { operation, alias, sequenceAlias, key, afterVariable };
}

const named = (value: string) => ({ kind: Kind.NAME as const, value });

const argument = (name: string, variable: string): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: named(name),
  value: { kind: Kind.VARIABLE, name: named(variable) },
});

function field(name: string, [next, ...below]: readonly string[], alias?: string): FieldNode {
  return {
    kind: Kind.FIELD,
    name: named(name),
    ...(alias === undefined ? {} : { alias: named(alias) }),
    ...(next === undefined ? {} : { selectionSet: { kind: Kind.SELECTION_SET, selections: [field(next, below)] } }),
  };
}

/** Gives names that occur nowhere in a document, so that what is added meets nothing of the client's. */
function unusedNames(document: DocumentNode): (wish: string) => string {
  const used = new Set<string>();
  visit(document, { Name: ({ value }) => void used.add(value) });
  return (wish) => {
    let name = wish;
    while (used.has(name)) name += '_';
    used.add(name);
    return name;
  };
}
