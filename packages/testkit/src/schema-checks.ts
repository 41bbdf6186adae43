import { Kind, parse, type DirectiveNode, type DefinitionNode, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode } from 'graphql';

type TypeNode = Extract<
  DefinitionNode,
  { readonly name: { readonly value: string }; readonly fields?: readonly { readonly name: { readonly value: string } }[] }
>;

/** Members of a resolver map that are no fields. */
const ownMembers: Readonly<Record<string, readonly string[]>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: ['__resolveReference', '__isTypeOf'],
  [Kind.OBJECT_TYPE_EXTENSION]: ['__resolveReference', '__isTypeOf'],
  [Kind.INTERFACE_TYPE_DEFINITION]: ['__resolveReference', '__resolveType'],
  [Kind.UNION_TYPE_DEFINITION]: ['__resolveType'],
};

/**
 * What `buildSubgraphSchema` does not notice about a subgraph: a resolver map for a type, field or enum value that the schema lacks (it is ignored), a
 * root field without a resolver, and a resolvable key without `__resolveReference` (then whatever a client
 * sends as a reference passes for the entity).
 *
 * @param typeDefs SDL with its federation header.
 * @param resolvers the map that the subgraph is started with.
 * @returns a sentence per fault; empty when there is none.
 */
export function schemaFaults(typeDefs: string, resolvers: object): readonly string[] {
  const definitions = parse(typeDefs).definitions.filter(isNamedType);
  const byName = Map.groupBy(definitions, ({ name }) => name.value);
  const maps = new Map(Object.entries(resolvers) as [string, unknown][]);
  return [
    ...[...maps].flatMap(([name, map]) => faultsOfMap(name, map, byName.get(name) ?? [])),
    ...[...byName].flatMap(([name, nodes]) => faultsOfType(name, nodes, membersOf(maps.get(name)))),
  ];
}

/**
 * The types of a schema that implement `Node` and are this subgraph's to resolve: stubs, whose keys are not resolvable, are left out.
 *
 * @param typeDefs SDL with its federation header.
 */
export function nodeTypesOf(typeDefs: string): readonly string[] {
  return typesThatAreNodes(typeDefs)
    .filter((type) => keysOf(type).some(isResolvable))
    .map(({ name }) => name.value);
}

/** The types of a schema that implement `Node` and belong to another subgraph: their keys are not resolvable here. */
export function nodeStubsOf(typeDefs: string): readonly string[] {
  return typesThatAreNodes(typeDefs)
    .filter((type) => !keysOf(type).some(isResolvable))
    .map(({ name }) => name.value);
}

const typesThatAreNodes = (typeDefs: string): readonly ObjectTypeDefinitionNode[] =>
  parse(typeDefs)
    .definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter(({ interfaces = [] }) => interfaces.some(({ name }) => name.value === 'Node'));

function isNamedType(node: DefinitionNode): node is TypeNode {
  return (
    'name' in node &&
    node.name !== undefined &&
    /^(Object|Interface|Union|Enum|Scalar|InputObject)Type(Definition|Extension)$/.test(node.kind)
  );
}

function faultsOfMap(name: string, map: unknown, nodes: readonly TypeNode[]): readonly string[] {
  if (nodes.length === 0) return [`the schema has no type ${name}`];
  if (nodes.some(({ kind }) => kind === Kind.SCALAR_TYPE_DEFINITION)) return [];
  if (nodes.some(({ kind }) => kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)) return [`${name} is an input and has no resolvers`];
  const known = new Set(nodes.flatMap((node) => [...fieldsOf(node), ...(ownMembers[node.kind] ?? [])]));
  return membersOf(map)
    .filter((member) => !known.has(member))
    .map((member) => `the schema has no ${name}.${member}`);
}

function faultsOfType(name: string, nodes: readonly TypeNode[], members: readonly string[]): readonly string[] {
  const faults: string[] = [];
  if (nodes.flatMap(keysOf).some(isResolvable) && !members.includes('__resolveReference'))
    faults.push(`${name} has a resolvable key and no __resolveReference`);
  if (name === 'Query' || name === 'Mutation' || name === 'Subscription') {
    faults.push(
      ...nodes
        .flatMap(fieldsOf)
        .filter((field) => !members.includes(field))
        .map((field) => `${name}.${field} has no resolver`),
    );
  }
  return faults;
}

const keysOf = ({
  directives = [],
}: Pick<ObjectTypeDefinitionNode | ObjectTypeExtensionNode | TypeNode, 'directives'>): readonly DirectiveNode[] =>
  directives.filter(({ name }) => name.value === 'key');

const isResolvable = ({ arguments: given = [] }: DirectiveNode): boolean =>
  !given.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value);

const fieldsOf = (node: TypeNode): readonly string[] => {
  const members = 'fields' in node ? node.fields : 'values' in node ? node.values : [];
  return (members ?? []).map(({ name }) => name.value);
};

const membersOf = (map: unknown): readonly string[] => (typeof map === 'object' && map !== null ? Object.keys(map) : []);
