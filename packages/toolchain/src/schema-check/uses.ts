import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  typeFromAST,
  type ASTNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { Coordinate } from './change.ts';
import type { ClientOperation } from './operations.ts';

/** What an operation needs of a schema. What the schema does not have leaves no trace. */
export interface Uses {
  /** Fields that are selected, and the arguments each time. */
  readonly selections: ReadonlyMap<Coordinate, readonly { readonly given: ReadonlySet<string> }[]>;
  /** The paths on which a field is reached, itself last; through an interface each of its types is. */
  readonly reached: ReadonlyMap<Coordinate, readonly (readonly Coordinate[])[]>;
  /** Types that are received: of fields, in which fields are selected, that fragments are for. */
  readonly read: ReadonlySet<string>;
  /** Types of variables, and the inputs and enums in them: what a client puts there is not known. */
  readonly sent: ReadonlySet<string>;
  /** Fields of inputs and values of enums that the document itself writes. */
  readonly written: ReadonlySet<Coordinate>;
  /** Input objects that the document itself writes, and the fields each time. */
  readonly objects: ReadonlyMap<string, readonly ReadonlySet<string>[]>;
  readonly directives: ReadonlySet<string>;
  /** What a part of the document is about. */
  readonly about: ReadonlyMap<ASTNode, ReadonlySet<Coordinate>>;
}

/** Reads an operation against a schema, with the fragments it spreads in their places. */
export function usesOf({ definition, fragments }: ClientOperation, schema: GraphQLSchema): Uses {
  const selections = new Map<Coordinate, { readonly given: ReadonlySet<string> }[]>();
  const reached = new Map<Coordinate, (readonly Coordinate[])[]>();
  const objects = new Map<string, ReadonlySet<string>[]>();
  const about = new Map<ASTNode, Set<Coordinate>>();
  const [read, sent, written, directives] = [new Set<string>(), new Set<string>(), new Set<Coordinate>(), new Set<string>()];

  const note = (node: ASTNode, coordinate: Coordinate): void => {
    about.set(node, (about.get(node) ?? new Set()).add(coordinate));
    if ('directives' in node) for (const { name } of node.directives ?? []) directives.add(name.value);
  };

  function inSelections(
    { selections: selected }: SelectionSetNode,
    type: GraphQLCompositeType,
    path: readonly Coordinate[],
    open: readonly string[],
  ): void {
    read.add(type.name);
    for (const selection of selected) {
      if (selection.kind === Kind.FIELD) {
        inField(selection, type, path, open);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined || (fragment.kind === Kind.FRAGMENT_DEFINITION && open.includes(fragment.name.value))) continue;
      const inside = fragment.typeCondition === undefined ? type : schema.getType(fragment.typeCondition.name.value);
      if (!isCompositeType(inside)) continue;
      for (const name of [type.name, inside.name]) note(selection, name);
      inSelections(fragment.selectionSet, inside, path, fragment.kind === Kind.FRAGMENT_DEFINITION ? [...open, fragment.name.value] : open);
    }
  }

  function inField(node: FieldNode, type: GraphQLCompositeType, path: readonly Coordinate[], open: readonly string[]): void {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined) return;
    const coordinate = `${type.name}.${field.name}`;
    note(node, coordinate);
    const given = node.arguments ?? [];
    push(selections, coordinate, { given: new Set(given.map(({ name }) => name.value)) });
    for (const owner of [type, ...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])])
      push(reached, `${owner.name}.${field.name}`, [...path, coordinate]);
    for (const argument of given) {
      const declared = field.args.find(({ name }) => name === argument.name.value);
      if (declared !== undefined) inValue(argument.value, declared.type, `${coordinate}(${declared.name}:)`);
    }
    const returned = getNamedType(field.type);
    read.add(returned.name);
    if (node.selectionSet !== undefined && !isLeafType(returned)) inSelections(node.selectionSet, returned, [...path, coordinate], open);
  }

  function inValue(value: ValueNode, type: GraphQLInputType, at: Coordinate): void {
    note(value, at);
    const inner = isNonNullType(type) ? type.ofType : type;
    if (value.kind === Kind.LIST) {
      for (const item of value.values) inValue(item, isListType(inner) ? inner.ofType : inner, at);
      return;
    }
    const named = getNamedType(inner);
    if (value.kind === Kind.ENUM && isEnumType(named)) {
      written.add(`${named.name}.${value.value}`);
      note(value, `${named.name}.${value.value}`);
    }
    if (value.kind !== Kind.OBJECT || !isInputObjectType(named)) return;
    push(objects, named.name, new Set(value.fields.map(({ name }) => name.value)));
    for (const { name, value: inside } of value.fields) {
      const field = named.getFields()[name.value];
      if (field === undefined) continue;
      written.add(`${named.name}.${name.value}`);
      inValue(inside, field.type, `${named.name}.${name.value}`);
    }
  }

  function send(type: GraphQLNamedType): void {
    if (sent.has(type.name)) return;
    sent.add(type.name);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) send(getNamedType(field.type));
  }

  for (const { type: reference, defaultValue } of definition.variableDefinitions ?? []) {
    const type = typeFromAST(schema, reference);
    if (type === undefined) continue;
    send(getNamedType(type));
    if (defaultValue !== undefined) inValue(defaultValue, type as GraphQLInputType, getNamedType(type).name);
  }
  const root = schema.getRootType(definition.operation);
  if (root != null) {
    note(definition, root.name);
    inSelections(definition.selectionSet, root, [], []);
  }
  return { selections, reached, read, sent, written, objects, directives, about };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
