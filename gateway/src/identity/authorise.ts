import type { Caller } from '@tally/identity';
import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Refusal } from '../refusal.ts';
import { runs, walkOperation, type FieldVisit, type Guard } from '../supergraph/walk-operation.ts';
import { meets, type Requirement, type RequirementTable } from './requirements.ts';

/** A requirement of an operation, and when it counts: any one of its ways running is enough. */
export interface Demand {
  readonly requirement: Requirement;
  readonly ways: readonly (readonly Guard[])[];
}

/**
 * All that an operation demands of its caller; computed once per operation and generation. A field demands what it, its parent and its type demand;
 * a fragment what its type demands; a field of an interface what every implementation it can meet here demands, because nobody knows yet which it
 * will be. Keys that the planner adds are not part of the operation and demand nothing.
 */
export function demandsOf(
  table: RequirementTable,
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly Demand[] {
  if (table.size === 0) return [];
  const demands = new Map<Requirement, (readonly Guard[])[]>();
  const note = (coordinate: string, guards: readonly Guard[]): void => {
    for (const requirement of table.get(coordinate) ?? []) {
      const ways = demands.get(requirement) ?? [];
      demands.set(requirement, ways);
      // Once a way is unconditional the others say nothing more.
      if (guards.length === 0) ways.splice(0, ways.length, []);
      else if (ways[0]?.length !== 0) ways.push(guards);
    }
  };
  walkOperation({
    schema,
    operation,
    fragments,
    once: true,
    field(visit) {
      for (const coordinate of coordinatesOf(visit)) note(coordinate, visit.guards);
    },
    fragment: ({ type, guards }) => {
      note(type.name, guards);
    },
  });
  return [...demands].map(([requirement, ways]) => ({ requirement, ways }));
}

function coordinatesOf({ parent, possible, node, type }: FieldVisit): readonly string[] {
  const field = node.name.value;
  const parents = new Set([parent.name, ...possible]);
  return [...[...parents].flatMap((name) => [name, `${name}.${field}`]), type.name];
}

/**
 * Refuses the whole operation unless the caller is all that it demands.
 *
 * @param variables coerced, defaults applied.
 * @throws {Refusal} UNAUTHENTICATED (401) for an anonymous caller, FORBIDDEN (403) for anybody else.
 */
export function authorise(demands: readonly Demand[], caller: Caller, variables: Readonly<Record<string, unknown>>): void {
  for (const { requirement, ways } of demands) {
    if (meets(requirement, caller) || !ways.some((guards) => runs(guards, variables))) continue;
    if (caller.kind === 'anonymous') {
      throw new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'Sign in first.', reason: 'unauthenticated' });
    }
    throw new Refusal({ code: 'FORBIDDEN', status: 403, message: 'Not allowed.', reason: 'forbidden' });
  }
}
