import { getNamedType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import type { Change, Coordinate } from './change.ts';
import { accessTo, type Federated } from './federated.ts';
import { implies, toText, type Requirement } from './requirement.ts';

/** One side of a comparison: what clients see, and the supergraph's word about it. */
export interface FederatedGraph {
  readonly api: GraphQLSchema;
  readonly federated: Federated;
}

interface Field {
  readonly type: string;
  readonly coordinate: Coordinate;
  readonly before: Side;
  readonly after: Side;
}

interface Side {
  readonly access: Requirement;
  readonly owners: string;
}

/** What changes behind an API schema: who may see a field, what it costs, where its events come from, which subgraph resolves it. */
export function federatedChanges(before: FederatedGraph, after: FederatedGraph): readonly Change[] {
  const fields = commonFields(before, after);
  const visible = (coordinate: Coordinate): boolean => before.api.getType(coordinate.split('.')[0] ?? '') !== undefined;
  return [
    ...accessChanges(fields),
    ...ownerChanges(fields),
    ...textChanges('COST_CHANGED', before.federated, after.federated, 'costs').filter(({ coordinate }) => visible(coordinate)),
    ...textChanges('TOPIC_CHANGED', before.federated, after.federated, 'topics'),
  ];
}

function commonFields(before: FederatedGraph, after: FederatedGraph): readonly Field[] {
  const sideOf = ({ api, federated }: FederatedGraph, type: string, name: string): Side | null => {
    const declared = api.getType(type);
    const field = isObjectType(declared) || isInterfaceType(declared) ? declared.getFields()[name] : undefined;
    if (field === undefined) return null;
    const coordinate = `${type}.${name}`;
    return {
      access: accessTo(federated, coordinate, getNamedType(field.type)),
      owners: (federated.owners.get(coordinate) ?? []).join(', '),
    };
  };
  return [...before.federated.owners.keys()].flatMap((coordinate) => {
    const [type = '', name = ''] = coordinate.split('.');
    const [old, now] = [sideOf(before, type, name), sideOf(after, type, name)];
    return old === null || now === null ? [] : [{ type, coordinate, before: old, after: now }];
  });
}

function accessChanges(fields: readonly Field[]): readonly Change[] {
  const changed = fields.filter(({ before, after }) => !(implies(before.access, after.access) && implies(after.access, before.access)));
  return byType(changed, fields, ({ before, after }) => `from ${toText(before.access)} to ${toText(after.access)}`).map(
    ({ coordinate, how, of }) => {
      const lost = of.filter(({ before, after }) => !implies(before.access, after.access));
      if (lost.length === 0)
        return { kind: 'ACCESS_LOOSENED', coordinate, verdict: 'dangerous', what: `loosened access to ${coordinate} ${how}` };
      const demanded = new Map(lost.map((field) => [field.coordinate, field.after.access]));
      const what = `tightened access to ${coordinate} ${how}`;
      return { kind: 'ACCESS_TIGHTENED', coordinate, verdict: 'breaking', what, reach: { kind: 'access', demanded } };
    },
  );
}

function ownerChanges(fields: readonly Field[]): readonly Change[] {
  const moved = fields.filter(({ before, after }) => before.owners !== after.owners);
  return byType(moved, fields, ({ before, after }) => `from ${before.owners} to ${after.owners}`).map(({ coordinate, how }) => ({
    kind: 'OWNER_CHANGED',
    coordinate,
    verdict: 'safe',
    what: `moved ${coordinate} ${how}`,
  }));
}

interface Group {
  readonly coordinate: Coordinate;
  readonly how: string;
  readonly of: readonly Field[];
}

// What happens to every field of a type alike happened to the type.
function byType(changed: readonly Field[], all: readonly Field[], toHow: (field: Field) => string): readonly Group[] {
  const groups = Map.groupBy(changed, (field) => `${field.type} ${toHow(field)}`);
  return [...groups.values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    const whole = of.length > 1 && of.length === all.filter(({ type }) => type === first.type).length;
    if (whole) return [{ coordinate: first.type, how: toHow(first), of }];
    return of.map((field) => ({ coordinate: field.coordinate, how: toHow(field), of: [field] }));
  });
}

function textChanges(kind: string, before: Federated, after: Federated, part: 'costs' | 'topics'): readonly Change[] {
  const coordinates = new Set([...before[part].keys(), ...after[part].keys()]);
  return [...coordinates].flatMap((coordinate) => {
    const [old = 'nothing', now = 'nothing'] = [before[part].get(coordinate), after[part].get(coordinate)];
    if (old === now || !before.declared.has(coordinate) || !after.declared.has(coordinate)) return [];
    return [{ kind, coordinate, verdict: 'dangerous' as const, what: `changed ${coordinate} from ${old} to ${now}` }];
  });
}
