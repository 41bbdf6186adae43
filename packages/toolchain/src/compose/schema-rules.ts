import { Kind, type DefinitionNode, type DocumentNode, type ObjectTypeDefinitionNode } from 'graphql';
import { placeOf, type Problem } from './problem.ts';

/** A subgraph's parsed `schema.graphql`. */
export type SubgraphSchema = { readonly name: string; readonly typeDefs: DocumentNode };

// `Query.node` answers with stubs: a type missing here composes, and never resolves.
const NODE_OWNER = 'users';

/** Rules of the graph that composition itself does not check. */
export function schemaProblems(schemas: readonly SubgraphSchema[]): Problem[] {
  return [...sharedInputs(schemas), ...nodesWithoutStub(schemas)];
}

// Composition keeps the intersection of an input's fields: one added on one side would silently vanish.
function sharedInputs(schemas: readonly SubgraphSchema[]): Problem[] {
  const owners = new Map<string, string>();
  return schemas.flatMap(({ name, typeDefs }) =>
    typeDefs.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) return [];
      const input = definition.name.value;
      const owner = owners.get(input);
      owners.set(input, owner ?? name);
      if (owner === undefined) return [];
      return [
        { where: placeOf(definition.name), what: `input ${input} is already declared in ${owner}; an input belongs to one subgraph` },
      ];
    }),
  );
}

function nodesWithoutStub(schemas: readonly SubgraphSchema[]): Problem[] {
  const owner = schemas.find(({ name }) => name === NODE_OWNER);
  if (owner === undefined) return [];
  const named = new Set(owner.typeDefs.definitions.filter(isNode).map((definition) => definition.name.value));
  return schemas.flatMap(({ typeDefs }) =>
    typeDefs.definitions
      .filter(isNode)
      .filter((definition) => !named.has(definition.name.value))
      .map((definition) => ({
        where: placeOf(definition.name),
        what: `${definition.name.value} implements Node and has no stub in subgraphs/${NODE_OWNER}/schema.graphql, so node() never resolves it`,
      })),
  );
}

function isNode(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION && (definition.interfaces ?? []).some(({ name }) => name.value === 'Node');
}
