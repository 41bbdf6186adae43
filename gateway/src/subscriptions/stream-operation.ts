import { subjectOf, type Caller } from '@tally/identity';
import { getArgumentValues, GraphQLError, isNonNullType, Kind, typeFromAST, visit, type FieldNode, type SelectionNode } from 'graphql';
import { badUserInput } from '../execution/variables.ts';
import type { GraphOperation } from '../planning/operation.ts';
import { Refusal } from '../refusal.ts';
import { afterArgument, type TopicBinding } from '../supergraph/topic-bindings.ts';
import { replayOperation, type ReplayOperation } from './replay-operation.ts';

/** A subscription with all that can be said of it before its variables are known; shared by all its streams. */
export interface StreamOperation {
  readonly operation: GraphOperation;
  readonly binding: TopicBinding;
  /** The root field with all that the client selects of it. */
  readonly root: FieldNode;
  readonly replay: ReplayOperation | null;
  /** The variable that `afterSequence` takes and nothing else: what differs between clients who otherwise ask the same. */
  readonly afterVariable: { readonly name: string; readonly required: boolean } | null;
}

/** What a client has asked for by its arguments. */
export interface Wish {
  readonly keys: readonly string[];
  readonly after: number | null;
}

/** More keys than any replay answers. */
const mostKeys = 1_000;

const known = new WeakMap<GraphOperation, StreamOperation>();

/** @throws {Refusal} BAD_REQUEST (400): no events are bound to the field. */
export function streamOperation(operation: GraphOperation): StreamOperation {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const root = rootOf(operation);
  const binding = operation.generation.topics.get(root.name.value);
  if (binding === undefined) {
    throw new Refusal({ code: 'BAD_REQUEST', status: 400, message: `${root.name.value} has no source of events here.`, reason: 'unbound' });
  }
  const replay = binding.replay === null ? null : replayOperation(operation, root, binding, binding.replay);
  const made = { operation, binding, root, replay, afterVariable: afterVariableOf(operation, root) };
  known.set(operation, made);
  return made;
}

/**
 * @param values coerced, defaults applied.
 * @throws {Refusal} UNAUTHENTICATED (401) where the caller is the key and is nobody, LIMIT_EXCEEDED (400) for too many keys.
 * @throws {GraphQLError} BAD_USER_INPUT (400): an argument that is no key.
 */
export function wishOf({ operation, binding, root }: StreamOperation, values: Readonly<Record<string, unknown>>, caller: Caller): Wish {
  const definition = operation.generation.apiSchema.getSubscriptionType()?.getFields()[binding.field];
  if (definition === undefined) throw new TypeError(`no field ${binding.field}`);
  const args = getArgumentValues(definition, root, { ...values });
  const after = args[afterArgument];
  return { keys: keysOf(binding, args, caller), after: typeof after === 'number' ? after : null };
}

function keysOf({ key }: TopicBinding, args: Readonly<Record<string, unknown>>, caller: Caller): readonly string[] {
  if (key.from === 'subject') {
    const subject = subjectOf(caller);
    if (subject !== null) return [subject];
    throw new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'Sign in first.', reason: 'unauthenticated' });
  }
  const value = args[key.name];
  const keys = (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === 'string' || typeof one === 'number') return String(one);
    throw badUserInput(`${key.name} says which events, so it cannot be null.`, key.name);
  });
  if (keys.length > mostKeys) {
    throw new Refusal({ code: 'LIMIT_EXCEEDED', status: 400, message: `At most ${mostKeys} of ${key.name}.`, reason: 'limit_keys' });
  }
  return [...new Set(keys)];
}

/** A valid subscription has one root field; fragments may say it in several places. */
function rootOf({ definition, fragments }: GraphOperation): FieldNode {
  const places: FieldNode[] = [];
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) places.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet.selections);
      else collect(fragments[selection.name.value]?.selectionSet.selections ?? []);
    }
  };
  collect(definition.selectionSet.selections);
  const [first] = places;
  if (first === undefined) throw new GraphQLError('A subscription has one root field.');
  if (places.length === 1) return first;
  const selections = places.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  return { ...first, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

function afterVariableOf({ definition, document, generation }: GraphOperation, root: FieldNode): StreamOperation['afterVariable'] {
  const value = root.arguments?.find(({ name }) => name.value === afterArgument)?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  const name = value.name.value;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => {
      if (node.name.value === name) uses += 1;
    },
  });
  const type = definition.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.type;
  if (uses !== 1 || type === undefined) return null;
  return { name, required: isNonNullType(typeFromAST(generation.apiSchema, type as never)) };
}
