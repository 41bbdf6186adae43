import { getNamedType, isAbstractType, isObjectType, type GraphQLNamedOutputType, type GraphQLObjectType } from 'graphql';

/** The named type at a path of fields; `undefined` where there is none. */
export function fieldAt(type: GraphQLObjectType, [name, ...below]: readonly string[]): GraphQLNamedOutputType | undefined {
  const field = name === undefined ? undefined : type.getFields()[name];
  if (field === undefined) return undefined;
  const named = getNamedType(field.type);
  if (below.length === 0) return named;
  return isObjectType(named) ? fieldAt(named, below) : undefined;
}

/**
 * The first abstract field (`Type.field`) that a record would have to fill, or `null`. What lies behind an entity is fetched; a record holds its key.
 */
export function abstractFieldOf(event: GraphQLObjectType): string | null {
  const seen = new Set<GraphQLObjectType>();
  const within = (type: GraphQLObjectType): string | null => {
    if (seen.has(type)) return null;
    seen.add(type);
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (isAbstractType(named)) return `${type.name}.${field.name}`;
      const below = isObjectType(named) && !isEntity(named) ? within(named) : null;
      if (below !== null) return below;
    }
    return null;
  };
  return within(event);
}

/** Whether a type of the supergraph has a key in some subgraph. */
const isEntity = ({ astNode }: GraphQLObjectType): boolean =>
  astNode?.directives?.some(
    ({ name, arguments: given = [] }) => name.value === 'join__type' && given.some((one) => one.name.value === 'key'),
  ) ?? false;
