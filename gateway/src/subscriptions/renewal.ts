import type { Caller } from '@tally/identity';
import { coerceVariables } from '../execution/variables.ts';
import { restOf } from '../planning/event-plan.ts';
import type { Engine } from './engine.ts';
import type { Pipeline, Work } from './pipeline.ts';
import { streamOperation, wishOf } from './stream-operation.ts';

/** A pipeline's operation on another graph. */
export interface Renewal {
  readonly work: Work;
  /** Whom it fetches for. */
  readonly caller: Caller;
  /** Whether somebody may still ask for it. */
  readonly admits: (caller: Caller) => boolean;
}

/**
 * Plans the operation of a pipeline on the newest generation, for the callers who share it. `null`: it is not valid there, or is about another topic or
 * other keys, or would now need a result for each of them.
 */
export async function renewed(engine: Engine, pipeline: Pipeline, callers: readonly Caller[]): Promise<Renewal | null> {
  const { generation, admission } = engine;
  const { operation, binding } = pipeline.work.stream;
  const [caller] = callers;
  const text = operation.document.loc?.source.body;
  const read = text === undefined ? null : engine.readDocument(generation, text);
  if (caller === undefined || read?.ok !== true) return null;
  try {
    const prepared = admission.prepare({ generation, document: read.document, queryHash: read.queryHash, operationName: operation.name });
    const coerced = coerceVariables(generation.apiSchema, prepared.operation.definition, pipeline.variables);
    if (!coerced.ok) return null;
    const { values } = coerced;
    const stream = streamOperation(prepared.operation);
    const { keys } = wishOf(stream, values, caller);
    if (stream.binding.topic !== binding.topic || keys.join('\n') !== pipeline.keys.join('\n')) return null;
    const rest = restOf(await engine.plans.plan(prepared.operation));
    if (rest !== null && !stream.binding.shared && callers.length > 1) return null;
    return {
      work: { stream, rest, values },
      caller,
      admits(who) {
        try {
          admission.authorise(prepared, who, values);
          return true;
        } catch {
          return false;
        }
      },
    };
  } catch (error) {
    engine.logger.info({ err: error }, 'a subscription does not fit the new graph');
    return null;
  }
}
