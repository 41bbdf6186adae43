import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { Refusal } from '../refusal.ts';
import type { Limits } from './profile.ts';

/** The limits that a document can break, as they are named in metrics. */
export type DocumentLimit = 'depth' | 'aliases' | 'rootFields' | 'directives' | 'repeats' | 'selections' | 'names';

const messages: Readonly<Record<DocumentLimit, string>> = {
  depth: 'The operation is too deep.',
  aliases: 'The operation has too many aliases.',
  rootFields: 'The operation has too many root fields.',
  directives: 'The operation has too many directives.',
  repeats: 'The operation repeats a field too often.',
  selections: 'The operation selects too much.',
  names: 'The operation uses a reserved name.',
};

/** A document beyond a limit: LIMIT_EXCEEDED, 400. */
export const documentRefusal = (limit: DocumentLimit): Refusal =>
  new Refusal({ code: 'LIMIT_EXCEEDED', status: 400, message: messages[limit], reason: `limit_${limit.toLowerCase()}` });

/**
 * The first limit that any operation of a document breaks, or `null`. Works on the bare syntax tree, before validation, with fragments written out as
 * execution would. A fragment cycle is left to validation. The work is bounded by `limits.selections` and `limits.depth`.
 */
export function brokenLimit(document: DocumentNode, limits: Limits): DocumentLimit | null {
  if (limits.selections === Infinity) return null;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    try {
      measure(definition, fragments, limits);
    } catch (error) {
      if (error instanceof Broken) return error.limit;
      throw error;
    }
  }
  return null;
}

/** Leaves the recursion as soon as one limit is broken. */
class Broken extends Error {
  readonly limit: DocumentLimit;
  constructor(limit: DocumentLimit) {
    super(limit);
    this.limit = limit;
  }
}

function measure(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: Limits): void {
  let selections = 0;
  let aliases = 0;
  let directives = operation.directives?.length ?? 0;
  for (const { variable, directives: own = [] } of operation.variableDefinitions ?? []) {
    if (variable.name.value === '__proto__') throw new Broken('names');
    directives += own.length;
  }
  expand([operation.selectionSet], 1, limits.depth);
  if (directives > limits.directives) throw new Broken('directives');

  function expand(sets: readonly SelectionSetNode[], depth: number, depthLimit: number): void {
    if (depth > depthLimit) throw new Broken('depth');
    const places = new Map<string, FieldNode[]>();
    for (const set of sets) collect(set, places, new Set());
    if (depth === 1) checkRoot(places);
    for (const nodes of places.values()) {
      if (nodes.length > limits.repeats) throw new Broken('repeats');
      const below = nodes.flatMap((node) => node.selectionSet ?? []);
      if (below.length === 0) continue;
      const introspects = depth === 1 && isIntrospection(nodes[0]);
      expand(below, depth + 1, introspects ? limits.introspectionDepth : depthLimit);
    }
  }

  function checkRoot(places: ReadonlyMap<string, readonly FieldNode[]>): void {
    let fields = 0;
    for (const nodes of places.values()) fields += nodes.length;
    if (fields > limits.rootFields) throw new Broken('rootFields');
  }

  function collect(set: SelectionSetNode, places: Map<string, FieldNode[]>, within: ReadonlySet<string>): void {
    for (const selection of set.selections) {
      selections += 1;
      directives += selection.directives?.length ?? 0;
      if (selections > limits.selections) throw new Broken('selections');
      if (directives > limits.directives) throw new Broken('directives');
      if (selection.kind === Kind.FIELD) {
        const responseName = selection.alias?.value ?? selection.name.value;
        // Legal syntax, and a name that no answer can carry safely through every JSON reader.
        if (responseName === '__proto__') throw new Broken('names');
        if (selection.alias !== undefined && (aliases += 1) > limits.aliases) throw new Broken('aliases');
        const nodes = places.get(responseName);
        if (nodes === undefined) places.set(responseName, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet, places, within);
      } else if (!within.has(selection.name.value)) {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet, places, new Set([...within, selection.name.value]));
      }
    }
  }
}

const isIntrospection = (node: FieldNode | undefined): boolean => node?.name.value === '__schema' || node?.name.value === '__type';

/** Whether any part of a document asks for the schema itself. */
export function introspects(document: DocumentNode): boolean {
  const asks = (set: SelectionSetNode): boolean =>
    set.selections.some((selection) =>
      selection.kind === Kind.FIELD ? isIntrospection(selection) : selection.kind === Kind.INLINE_FRAGMENT && asks(selection.selectionSet),
    );
  // Only root fields can introspect, and a fragment used anywhere else may not contain them: validation refuses it.
  return document.definitions.some((definition) => 'selectionSet' in definition && asks(definition.selectionSet));
}
