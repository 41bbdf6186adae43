import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** `@skip` and `@include` by a variable: the selection runs when the variable has this value. */
export interface Guard {
  readonly variable: string;
  readonly runsWhen: boolean;
}

/** A field of an operation, seen once per way that leads to it. */
export interface FieldVisit {
  readonly parent: GraphQLCompositeType;
  /** Names of the object types the parent can be here, narrowed by the fragments around. */
  readonly possible: readonly string[];
  readonly node: FieldNode;
  /** The named type it returns. */
  readonly type: GraphQLNamedOutputType;
  readonly guards: readonly Guard[];
}

/** A fragment that narrows to a type. */
export interface FragmentVisit {
  readonly type: GraphQLCompositeType;
  readonly guards: readonly Guard[];
}

export interface Walk {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Sees each selection once per parent type and guards, however many fragments lead there: enough to say what occurs, not how often. */
  readonly once: boolean;
  field(visit: FieldVisit): void;
  fragment(visit: FragmentVisit): void;
}

/** Walks a valid operation with its types. Introspection fields are left out; literal `@skip(if: true)` is too. */
export function walkOperation(walk: Walk): void {
  const { schema, operation, fragments } = walk;
  const seen = new Map<SelectionSetNode, Set<string>>();
  const root = schema.getRootType(operation.operation);
  if (root != null) descend(operation.selectionSet, root, [root.name], []);

  function descend(set: SelectionSetNode, parent: GraphQLCompositeType, possible: readonly string[], guards: readonly Guard[]): void {
    if (possible.length === 0 || (walk.once && seenBefore(seen, set, possible, guards))) return;
    for (const selection of set.selections) visit(selection, parent, possible, guards);
  }

  function visit(selection: SelectionNode, parent: GraphQLCompositeType, possible: readonly string[], outer: readonly Guard[]): void {
    const guards = guardsOf(selection, outer);
    if (guards === null) return;
    switch (selection.kind) {
      case Kind.FIELD: {
        const field = 'getFields' in parent ? parent.getFields()[selection.name.value] : undefined;
        if (field === undefined) return;
        const type = getNamedType(field.type);
        walk.field({ parent, possible, node: selection, type, guards });
        if (selection.selectionSet !== undefined && isCompositeType(type)) {
          descend(selection.selectionSet, type, possibleTypes(schema, type), guards);
        }
        return;
      }
      case Kind.INLINE_FRAGMENT:
        narrow(selection.typeCondition?.name.value, selection.selectionSet, parent, possible, guards);
        return;
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments[selection.name.value];
        if (fragment !== undefined) narrow(fragment.typeCondition.name.value, fragment.selectionSet, parent, possible, guards);
      }
    }
  }

  function narrow(
    condition: string | undefined,
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    possible: readonly string[],
    guards: readonly Guard[],
  ): void {
    const type = condition === undefined ? parent : schema.getType(condition);
    if (!isCompositeType(type)) return;
    if (condition !== undefined) walk.fragment({ type, guards });
    const allowed = new Set(possibleTypes(schema, type));
    descend(
      set,
      type,
      possible.filter((name) => allowed.has(name)),
      guards,
    );
  }
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly string[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
}

function seenBefore(
  seen: Map<SelectionSetNode, Set<string>>,
  set: SelectionSetNode,
  possible: readonly string[],
  guards: readonly Guard[],
): boolean {
  const way = `${possible.join(' ')}|${guards.map(({ variable, runsWhen }) => `${variable}=${String(runsWhen)}`).join(' ')}`;
  const ways = seen.get(set) ?? new Set();
  seen.set(set, ways);
  if (ways.has(way)) return true;
  ways.add(way);
  return false;
}

/** The guards of a selection and all around it; `null` when it never runs. */
function guardsOf(selection: SelectionNode, outer: readonly Guard[]): readonly Guard[] | null {
  let guards = outer;
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const runsWhen = name === 'include';
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== runsWhen) return null;
    if (value?.kind !== Kind.VARIABLE) continue;
    const variable = value.name.value;
    if (!guards.some((guard) => guard.variable === variable && guard.runsWhen === runsWhen)) guards = [...guards, { variable, runsWhen }];
  }
  return guards;
}

/** Whether a guarded selection runs. `variables` are coerced, defaults applied. */
export function runs(guards: readonly Guard[], variables: Readonly<Record<string, unknown>>): boolean {
  return guards.every(({ variable, runsWhen }) => variables[variable] === runsWhen);
}
