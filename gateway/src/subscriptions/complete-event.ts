import type { Span } from '@opentelemetry/api';
import type { Caller } from '@tally/identity';
import type { WireCode } from '@tally/runtime';
import type { ExecutionResult } from 'graphql';
import { projectEvent, virtualFetchOf } from '../execution/project-event.ts';
import { entityPaths, pathName, type Rest } from '../planning/event-plan.ts';
import { anonymous, type Engine } from './engine.ts';
import type { LiveEvent } from './live-event.ts';
import type { Pipeline } from './pipeline.ts';
import { withinDeadline } from './run-facts.ts';

const refusals: ReadonlySet<unknown> = new Set<WireCode>(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']);

/**
 * An event with what it does not hold itself. `refused`: the caller may not see the entity that it is about. A subgraph that does not answer costs its
 * fields. Where the event leaves nothing to fetch nobody is asked.
 *
 * @param asked.caller whom it is fetched for; nobody, where the result is shared.
 */
export async function completed(
  engine: Engine,
  { work, variables, ended }: Pipeline,
  asked: { readonly event: LiveEvent; readonly rest: Rest; readonly span: Span; readonly caller: Caller },
): Promise<ExecutionResult | 'refused'> {
  const { rest, span } = asked;
  const { operation, binding } = work.stream;
  const event = asked.event.root(binding.field);
  const { data } = virtualFetchOf(operation.generation)(rest.primary.operation, work.values, event);
  const entities = entityPaths(rest, data, work.values);
  if (entities.size === 0) return projectEvent(operation, event, variables);
  const caller = binding.shared ? anonymous : asked.caller;
  const result = await withinDeadline({ span, deadlineMs: engine.deadlineMs, ended }, (facts) =>
    engine.execute({ operation, variables, caller, facts, event }),
  );
  return !binding.shared && refuses(result, entities) ? 'refused' : result;
}

/** Whether a subgraph refused an entity that the event itself is about. What lies behind it is only an error of its place. */
const refuses = ({ errors = [] }: ExecutionResult, entities: ReadonlySet<string>): boolean =>
  errors.some(({ path, extensions }) => path !== undefined && refusals.has(extensions['code']) && entities.has(pathName(path)));
