import type { Caller } from '@tally/identity';
import type { WireCode } from '@tally/runtime';
import { GraphQLError, type ExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Execute, RequestFacts } from '../execution/execute.ts';
import { formattedOf, type Mask } from '../masking.ts';
import { toPayload } from './payload.ts';
import type { ReplayOperation } from './replay-operation.ts';

/** An event that the owner of the data has answered. */
export interface ReplayedEvent {
  readonly sequence: number;
  /** `null` where the stream has one key. */
  readonly key: string | null;
  readonly payload: Buffer;
}

/** Some events, oldest first, or why the owner gives none. */
export type Page =
  /** `full`: there may be more. */
  | { readonly ok: true; readonly events: readonly ReplayedEvent[]; readonly full: boolean }
  | { readonly ok: false; readonly errors: readonly GraphQLFormattedError[]; readonly code: WireCode };

/** Events that an owner answers at a time. */
export const pageSize = 1_000;

/**
 * Asks the owner for one page. Whatever an event lacks for a subgraph that does not answer is an error of that event; a page without events because the
 * field itself was refused is a refusal.
 */
export async function readPage(
  { execute, mask }: { readonly execute: Execute; readonly mask: Mask },
  asked: {
    readonly replay: ReplayOperation;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly caller: Caller;
    readonly facts: RequestFacts;
    readonly after: number | null;
  },
): Promise<Page> {
  const { replay, caller, facts, after } = asked;
  const variables = replay.afterVariable === null ? asked.variables : { ...asked.variables, [replay.afterVariable]: after };
  const result = await execute({ operation: replay.operation, variables, caller, facts });
  const events: unknown = result.data?.[replay.alias];
  const masked = (error: GraphQLError) => mask(formattedOf(error), error, facts.traceId);
  if (!Array.isArray(events)) {
    const errors = (result.errors ?? [new GraphQLError(`no list of events from ${replay.alias}`)]).map(masked);
    return { ok: false, errors: errors.map(({ error }) => error), code: errors[0]?.code ?? 'INTERNAL' };
  }
  const faults = faultsOf(result, (error) => masked(error).error);
  return {
    ok: true,
    full: after !== null && replay.afterVariable !== null && events.length >= pageSize,
    events: events.flatMap((event, position) => toReplayed(event, replay, [...(faults.get(position) ?? []), ...(faults.get(null) ?? [])])),
  };
}

/** Errors by the position of the event they belong to, with the path that a live event would give them; `null`: of all. */
function faultsOf(
  { errors = [] }: ExecutionResult,
  masked: (error: GraphQLError) => GraphQLFormattedError,
): ReadonlyMap<number | null, readonly GraphQLFormattedError[]> {
  const faults = new Map<number | null, GraphQLFormattedError[]>();
  for (const error of errors) {
    const fault = masked(error);
    const [alias, position, ...below] = fault.path ?? [];
    const of = typeof position === 'number' ? position : null;
    const known = faults.get(of) ?? [];
    faults.set(of, known);
    known.push(of === null || alias === undefined ? fault : { ...fault, path: [alias, ...below] });
  }
  return faults;
}

function toReplayed(
  event: unknown,
  { alias, sequenceAlias, key }: ReplayOperation,
  faults: readonly GraphQLFormattedError[],
): readonly ReplayedEvent[] {
  if (typeof event !== 'object' || event === null) return [];
  const { [sequenceAlias]: sequence, ...rest } = event as Readonly<Record<string, unknown>>;
  let seen: Readonly<Record<string, unknown>> = rest;
  let of: string | null = null;
  if (key !== null) {
    const { [key.alias]: keyed, ...own } = rest;
    seen = own;
    of = textBelow(keyed, key.below);
    if (of === null) return [];
  }
  return [{ sequence: Number(sequence), key: of, payload: toPayload({ [alias]: seen }, faults) }];
}

function textBelow(value: unknown, path: readonly string[]): string | null {
  let at = value;
  for (const name of path) at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : null;
  return typeof at === 'string' || typeof at === 'number' ? String(at) : null;
}
