import { Kind, parse, Source, type ASTNode, type DocumentNode } from 'graphql';
import type { SubgraphText } from '../compose/compose-supergraph.ts';
import { placeOf } from '../compose/problem.ts';
import { argumentOf, fieldOf, typeOf, type Coordinate } from './change.ts';

/** Where a coordinate is declared, as `file:line:column`. What is gone is looked for in what held it. */
export type Places = (coordinate: Coordinate, owners: readonly string[]) => string | null;

/** Finds coordinates in the schemas of subgraphs; where several declare one, in the first of `owners` that does. */
export function placesIn(subgraphs: readonly SubgraphText[]): Places {
  const indexes = new Map(subgraphs.map(({ name, file, sdl }) => [name, indexOf(parse(new Source(sdl, file)))]));
  return (coordinate, owners) => {
    const order = [...owners.flatMap((name) => indexes.get(name) ?? []), ...indexes.values()];
    for (const wanted of [coordinate, fieldOf(coordinate), typeOf(coordinate)]) {
      for (const index of order) {
        const place = index.get(wanted);
        if (place !== undefined) return place;
      }
    }
    return null;
  };
}

function indexOf(document: DocumentNode): ReadonlyMap<Coordinate, string> {
  const index = new Map<Coordinate, string>();
  const note = (coordinate: Coordinate, node: ASTNode): void => {
    const place = placeOf(node);
    if (place !== null && !index.has(coordinate)) index.set(coordinate, place);
  };
  for (const definition of document.definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    const name = definition.name.value;
    note(definition.kind === Kind.DIRECTIVE_DEFINITION ? `@${name}` : name, definition.name);
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
      note(`${name}.${field.name.value}`, field.name);
      for (const argument of 'arguments' in field ? (field.arguments ?? []) : [])
        note(argumentOf(name, field.name.value, argument.name.value), argument.name);
    }
    for (const value of 'values' in definition ? (definition.values ?? []) : []) note(`${name}.${value.name.value}`, value.name);
  }
  return index;
}
