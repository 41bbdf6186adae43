import { Kind, print, type ObjectTypeDefinitionNode } from 'graphql';
import { placeOf, type Problem } from './problem.ts';
import type { SubgraphSchema } from './schema-rules.ts';

/**
 * An event type is declared twice: in the virtual subgraph, and by the owner who replays it. Composition refuses a field that the virtual one lacks and
 * does not see the reverse, which would be live only and never replayed.
 */
export function eventTypeProblems(virtual: readonly SubgraphSchema[], owners: readonly SubgraphSchema[]): Problem[] {
  const replayed = new Map<string, ObjectTypeDefinitionNode>(owners.flatMap(objectTypes).map((type) => [type.name.value, type]));
  return virtual.flatMap(objectTypes).flatMap((type) => {
    const name = type.name.value;
    if (name === 'Subscription' || isStub(type)) return [];
    const owned = replayed.get(name);
    if (owned === undefined) return [{ where: placeOf(type.name), what: `${name} is declared by no subgraph that could replay it` }];
    const fields = new Map((owned.fields ?? []).map((field) => [field.name.value, print(field.type)]));
    return (type.fields ?? [])
      .filter((field) => fields.get(field.name.value) !== print(field.type))
      .map((field) => ({
        where: placeOf(field.name),
        what: `${name}.${field.name.value} is another field, or none, where ${name} is replayed`,
      }));
  });
}

const objectTypes = ({ typeDefs }: SubgraphSchema): readonly ObjectTypeDefinitionNode[] =>
  typeDefs.definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION);

const isStub = ({ directives = [] }: ObjectTypeDefinitionNode): boolean => directives.some(({ name }) => name.value === 'key');
