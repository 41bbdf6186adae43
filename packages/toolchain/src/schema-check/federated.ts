import {
  isLeafType,
  Kind,
  print,
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  type InputValueDefinitionNode,
  type TypeDefinitionNode,
} from 'graphql';
import { argumentOf, type Coordinate } from './change.ts';
import { argumentsOf, linkedNames } from './linked-names.ts';
import { allOf, ANYBODY, SIGNED_IN, type Requirement } from './requirement.ts';

/** What a supergraph says beyond the API schema, by coordinate. What is absent has none. */
export interface Federated {
  /** Of a type or field itself; what holds for a field is `accessTo`. */
  readonly requirements: ReadonlyMap<Coordinate, Requirement>;
  /** `@cost` and `@listSize`, as text. */
  readonly costs: ReadonlyMap<Coordinate, string>;
  /** `@topic` of a Subscription field, as text. */
  readonly topics: ReadonlyMap<Coordinate, string>;
  /** Names of the subgraphs that resolve a field, in alphabetical order. */
  readonly owners: ReadonlyMap<Coordinate, readonly string[]>;
  /** Everything that is declared, hidden or not. */
  readonly declared: ReadonlySet<Coordinate>;
}

type Applied = readonly ConstDirectiveNode[];

/** Reads what a composed supergraph says about its types and fields. */
export function readFederated(supergraph: DocumentNode): Federated {
  const nameOf = linkedNames(supergraph);
  const authenticated = nameOf('authenticated', 'authenticated');
  const scopes = nameOf('requiresScopes', 'requiresScopes');
  const policy = nameOf('policy', 'policy');
  const costly = new Set([nameOf('cost', 'cost'), nameOf('cost', 'listSize')]);
  const topic = nameOf('event-log', 'topic');
  const graphs = graphNames(supergraph);

  const requirements = new Map<Coordinate, Requirement>();
  const costs = new Map<Coordinate, string>();
  const topics = new Map<Coordinate, string>();
  const owners = new Map<Coordinate, readonly string[]>();
  const declared = new Set<Coordinate>();

  const requirementOf = (applied: Applied): Requirement =>
    allOf(
      applied.flatMap((directive) => {
        const given = argumentsOf(directive);
        if (directive.name.value === authenticated) return [[new Set([SIGNED_IN])]];
        if (directive.name.value === scopes) return [alternatives(given['scopes'], (scope) => [scope, SIGNED_IN])];
        if (directive.name.value === policy) return [alternatives(given['policies'], (name) => [`policy ${name}`])];
        return [];
      }),
    );
  const note = (coordinate: Coordinate, applied: Applied): void => {
    declared.add(coordinate);
    const requirement = requirementOf(applied);
    if (requirement !== ANYBODY) requirements.set(coordinate, requirement);
    const cost = textOf(applied, (name) => costly.has(name));
    if (cost !== '') costs.set(coordinate, cost);
    const bound = textOf(applied, (name) => name === topic);
    if (bound !== '') topics.set(coordinate, bound);
  };
  const noteField = (type: TypeDefinitionNode, field: FieldDefinitionNode | InputValueDefinitionNode): void => {
    const coordinate = `${type.name.value}.${field.name.value}`;
    note(coordinate, field.directives ?? []);
    if (field.kind === Kind.INPUT_VALUE_DEFINITION) return;
    owners.set(coordinate, ownersOf(type.directives ?? [], field.directives ?? [], graphs));
    for (const argument of field.arguments ?? [])
      note(argumentOf(type.name.value, field.name.value, argument.name.value), argument.directives ?? []);
  };

  for (const definition of supergraph.definitions) {
    if (!isTypeDefinition(definition)) continue;
    note(definition.name.value, definition.directives ?? []);
    if ('fields' in definition) for (const field of definition.fields ?? []) noteField(definition, field);
    if ('values' in definition)
      for (const value of definition.values ?? []) note(`${definition.name.value}.${value.name.value}`, value.directives ?? []);
  }
  return { requirements, costs, topics, owners, declared };
}

/** What a caller must be to get a field: what its type, itself and the scalar or enum it returns ask for together. Objects ask in their own fields. */
export function accessTo({ requirements }: Federated, field: Coordinate, returned: GraphQLNamedType): Requirement {
  const [type = ''] = field.split('.');
  const asking = isLeafType(returned) ? [type, field, returned.name] : [type, field];
  return allOf(asking.map((coordinate) => requirements.get(coordinate) ?? ANYBODY));
}

function alternatives(value: unknown, toConditions: (name: string) => readonly string[]): Requirement {
  const outer = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return outer.map(
    (inner) => new Set((Array.isArray(inner) ? (inner as readonly unknown[]) : []).flatMap((name) => toConditions(String(name)))),
  );
}

const textOf = (applied: Applied, isMeant: (name: string) => boolean): string =>
  applied
    .filter(({ name }) => isMeant(name.value))
    .map((directive) => print(directive))
    .sort()
    .join(' ');

function isTypeDefinition(definition: DocumentNode['definitions'][number]): definition is TypeDefinitionNode {
  return definition.kind.endsWith('TypeDefinition') && !(definition as TypeDefinitionNode).name.value.includes('__');
}

// The names of subgraphs by the values of `join__Graph`, which are what other directives name them by.
function graphNames({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  const graphs = definitions.find(
    (definition): definition is EnumTypeDefinitionNode =>
      definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  );
  return new Map(
    (graphs?.values ?? []).map(({ name, directives = [] }) => {
      const joined = directives.find((directive) => directive.name.value === 'join__graph');
      const { name: subgraph } = joined === undefined ? {} : argumentsOf(joined);
      return [name.value, typeof subgraph === 'string' ? subgraph : name.value];
    }),
  );
}

// A field without `@join__field` is resolved by every subgraph that has its type.
function ownersOf(ofType: Applied, ofField: Applied, graphs: ReadonlyMap<string, string>): readonly string[] {
  const named = (applied: Applied, directive: string): readonly Readonly<Record<string, unknown>>[] =>
    applied.filter(({ name }) => name.value === directive).map(argumentsOf);
  const joined = named(ofField, 'join__field').filter(({ graph }) => graph !== undefined);
  const resolving = joined.filter(({ external, usedOverridden }) => external !== true && usedOverridden !== true);
  const from = joined.length > 0 ? resolving : named(ofType, 'join__type');
  return [...new Set(from.map(({ graph }) => graphs.get(String(graph)) ?? String(graph)))].sort();
}
