import { getNamedType, isInterfaceType, isObjectType, print, validate } from 'graphql';
import { isOver, type AcceptedBreak } from './accepted-breaks.ts';
import { fieldOf, type Change, type Coordinate } from './change.ts';
import { accessTo } from './federated.ts';
import type { Graph } from './graph.ts';
import { documentOf, type ClientOperation, type InvalidOperation } from './operations.ts';
import type { Places } from './places.ts';
import { reaches, type Client } from './reach.ts';
import type { BrokenOperation, Finding } from './report.ts';
import { ANYBODY, type Requirement } from './requirement.ts';
import { usesOf } from './uses.ts';

/** What is judged, and by what. */
export interface Case {
  readonly before: Graph;
  readonly after: Graph;
  readonly changes: readonly Change[];
  /** What the working tree promises. */
  readonly operations: readonly ClientOperation[];
  /** What was promised before: clients that are out there still send it. */
  readonly former: readonly ClientOperation[];
  readonly accepted: readonly AcceptedBreak[];
  readonly now: Date;
  readonly places: Places;
}

/** Says of each change whom it breaks, and which operations the new graph refuses for another reason. */
export function judge(asked: Case): { readonly findings: readonly Finding[]; readonly invalid: readonly InvalidOperation[] } {
  const { before, after, changes, accepted, now, places } = asked;
  const access = accessIn(before);
  const examined = withoutRepeats(asked).map((known) => ({ ...known, ...examine(known.operation, before, after) }));
  const met = new Set<ClientOperation>();

  const findings = changes.map((change): Finding => {
    const { kind, coordinate, verdict, what } = change;
    const broken = change.verdict === 'breaking' ? examined.filter(({ client }) => reaches(change.reach, client, access)) : [];
    for (const { operation } of broken) met.add(operation);
    const owners = before.federated?.owners.get(fieldOf(coordinate)) ?? [];
    return {
      kind,
      coordinate,
      verdict,
      what,
      where: places(coordinate, owners),
      breaks: broken.map(toBroken),
      accepted: verdict === 'breaking' ? (accepted.find((one) => one.coordinate === coordinate && !isOver(one, now)) ?? null) : null,
    };
  });
  return { findings, invalid: examined.flatMap((one) => refusals(one, met)) };
}

interface Known {
  readonly operation: ClientOperation;
  readonly former: boolean;
}

interface Examined extends Known {
  readonly client: Client;
  readonly wasValid: boolean;
  readonly errors: readonly { readonly message: string; readonly where: string }[];
}

function withoutRepeats({ operations, former }: Case): readonly Known[] {
  const keyOf = (operation: ClientOperation): string => `${String(operation.client)} ${operation.name} ${print(documentOf(operation))}`;
  const present = new Set(operations.map(keyOf));
  return [
    ...operations.map((operation) => ({ operation, former: false })),
    ...former.filter((operation) => !present.has(keyOf(operation))).map((operation) => ({ operation, former: true })),
  ];
}

function examine(operation: ClientOperation, before: Graph, after: Graph): Omit<Examined, keyof Known> {
  const document = documentOf(operation);
  const uses = usesOf(operation, before.api);
  const errors = validate(after.api, document);
  const refused = new Set(errors.flatMap(({ nodes = [] }) => nodes.flatMap((node) => [...(uses.about.get(node) ?? [])])));
  return {
    client: { uses, refused },
    wasValid: validate(before.api, document).length === 0,
    errors: errors.map(({ message, locations, source }) => {
      const [at] = locations ?? [];
      return {
        message,
        where: at === undefined || source === undefined ? operation.where : `${source.name}:${String(at.line)}:${String(at.column)}`,
      };
    }),
  };
}

// A change that breaks it has said so already, and what clients out there got wrong before is not of this change.
function refusals({ operation, former, wasValid, errors }: Examined, met: ReadonlySet<ClientOperation>): readonly InvalidOperation[] {
  if (former ? !wasValid || met.has(operation) : wasValid && met.has(operation)) return [];
  return errors.map(({ message, where }) => ({ operation: operation.name, client: operation.client, where, message }));
}

function toBroken({ operation: { name, client, where }, former }: Known): BrokenOperation {
  return { operation: name, client, where, former };
}

function accessIn({ api, federated }: Graph): (field: Coordinate) => Requirement {
  return (coordinate) => {
    const [type = '', name = ''] = coordinate.split('.');
    const declared = api.getType(type);
    const field = isObjectType(declared) || isInterfaceType(declared) ? declared.getFields()[name] : undefined;
    return federated === null || field === undefined ? ANYBODY : accessTo(federated, coordinate, getNamedType(field.type));
  };
}
