import { createHash } from 'node:crypto';
import { subjectOf, type Caller } from '@tally/identity';
import { OperationTypeNode } from 'graphql';
import { ClientGoneError } from '../execution/fetch-from-subgraph.ts';
import type { Admit } from '../limits/admission.ts';
import { restOf } from '../planning/event-plan.ts';
import { Refusal } from '../refusal.ts';
import { identityOf, type Engine } from './engine.ts';
import { Pipeline, type PipelineFacts } from './pipeline.ts';
import { readPage } from './read-page.ts';
import { refusedWith, toRefused } from './refused.ts';
import { streamOperation, wishOf, type StreamOperation } from './stream-operation.ts';
import { StreamRefusedError, type OpenStream, type Stream, type StreamRequest, type Sink } from './stream.ts';
import { Subscriber } from './subscriber.ts';

export interface OpenStreamOptions {
  readonly engine: Engine;
  readonly admit: Admit;
  /** By name. */
  readonly pipelines: Map<string, Pipeline>;
  /** Whether events arrive, and streams are still opened. */
  readonly accepting: () => boolean;
  /** Told why a stream was refused, as a label. */
  readonly rejected: (reason: string) => void;
}

export function createOpenStream({ engine, admit, pipelines, accepting, rejected }: OpenStreamOptions): OpenStream {
  return async (request, sink) => {
    try {
      return await open(request, sink);
    } catch (error) {
      // Nobody is there to be refused.
      if (request.facts.signal.reason instanceof ClientGoneError) throw toRefused([tooLate()], engine.mask, request.facts.traceId);
      if (error instanceof StreamRefusedError) {
        const code = error.errors[0]?.extensions?.['code'];
        rejected(typeof code === 'string' ? code.toLowerCase() : 'internal');
        throw error;
      }
      rejected(error instanceof Refusal ? error.reason : 'internal');
      throw toRefused([error], engine.mask, request.facts.traceId);
    }
  };

  async function open(request: StreamRequest, sink: Sink): Promise<Stream> {
    const { caller, facts, protocol } = request;
    const { pipeline: wanted, after } = await admitted(request);
    if (!accepting()) throw noEvents();
    if (facts.signal.aborted) throw tooLate();
    const pipeline = pipelines.get(wanted.name) ?? create(wanted);
    const subscriber = new Subscriber(pipeline, { caller, protocol, sink, after });
    pipeline.add(subscriber);
    try {
      // It listens already, so that nothing falls between what the owner answers and what comes.
      const first = await firstPage(pipeline, request, after);
      if (first?.ok === false) throw refusedWith(first.errors, first.code);
      const { endedBy } = subscriber;
      if (endedBy !== null) throw endedWhileOpening(endedBy.reason);
      if (facts.signal.aborted) throw tooLate();
      subscriber.begin(first);
      return subscriber;
    } catch (error) {
      subscriber.abandon();
      throw error;
    }
  }

  /** *Admitted*: everything that is checked before anything is fetched. */
  async function admitted(request: StreamRequest): Promise<{ readonly pipeline: PipelineFacts; readonly after: number | null }> {
    const { query, variables, operationName, extensions, caller, address, facts, resumeAfter } = request;
    admit(query, variables, extensions);
    const { generation } = engine;
    const read = engine.readDocument(generation, query);
    if (!read.ok) throw toRefused(read.errors, engine.mask, facts.traceId);
    const prepared = engine.admission.prepare({ generation, document: read.document, queryHash: read.queryHash, operationName });
    const { operation } = prepared;
    if (operation.definition.operation !== OperationTypeNode.SUBSCRIPTION) throw notAStream(operation.definition.operation);
    const coerced = await engine.admission.admit(prepared, { caller, address, variables });
    if (!coerced.ok) throw toRefused(coerced.errors, engine.mask, facts.traceId);
    const stream = streamOperation(operation);
    const { keys, after } = wishOf(stream, coerced.values, caller);
    const rest = restOf(await engine.plans.plan(operation));
    const own = rest !== null && !stream.binding.shared;
    const sharedVariables = withoutAfter(stream, variables);
    return {
      pipeline: {
        name: nameOf(stream, sharedVariables, caller, own),
        keys,
        variables: sharedVariables,
        caller,
        work: { stream, rest, values: coerced.values },
      },
      after: stream.binding.resumable ? (resumeAfter ?? after) : null,
    };
  }

  function create(facts: PipelineFacts): Pipeline {
    const pipeline = new Pipeline(engine, facts, ({ name }) => {
      pipelines.delete(name);
    });
    pipelines.set(facts.name, pipeline);
    return pipeline;
  }

  async function firstPage({ work, variables }: Pipeline, { caller, facts }: StreamRequest, after: number | null) {
    const { replay } = work.stream;
    if (replay === null) return null;
    engine.telemetry.replayed(after === null ? 'open' : 'resume');
    return await readPage(engine, { replay, variables, caller, facts, after });
  }
}

/**
 * What two subscriptions have in common when they can be one pipeline: operation, variables, who asks where that is the key, and the whole identity where
 * something is fetched for it.
 */
function nameOf(
  { operation, binding }: StreamOperation,
  variables: Readonly<Record<string, unknown>>,
  caller: Caller,
  own: boolean,
): string {
  const sorted = Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1));
  const subject = binding.key.from === 'subject' ? subjectOf(caller) : null;
  const parts = [operation.key, sorted, subject, own ? identityOf(caller) : null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** The variables that the operation knows, without the one by which sharers differ. */
function withoutAfter(
  { operation, afterVariable }: StreamOperation,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const { variable } of operation.definition.variableDefinitions ?? []) {
    const name = variable.name.value;
    // Any value does: an event does not depend on it.
    if (name === afterVariable?.name) {
      if (afterVariable.required) kept[name] = 0;
    } else if (Object.hasOwn(variables, name)) {
      kept[name] = variables[name];
    }
  }
  return kept;
}

const notAStream = (type: string): Refusal =>
  new Refusal({
    code: 'BAD_REQUEST',
    status: 400,
    message: `Only subscriptions are answered here: send a ${type} as an HTTP request of its own.`,
    reason: 'not_a_subscription',
  });

const noEvents = (): Refusal =>
  new Refusal({ code: 'EVENTS_UNAVAILABLE', status: 503, message: 'Events do not arrive at the moment.', reason: 'events_unavailable' });

const tooLate = (): Refusal =>
  new Refusal({ code: 'TIMEOUT', status: 504, message: 'The stream took too long to open.', reason: 'timeout' });

function endedWhileOpening(reason: string): Refusal {
  return reason === 'schema_reloaded'
    ? new Refusal({ code: 'SCHEMA_RELOADED', status: 503, message: 'The graph has just changed: try again.', reason: 'schema_reloaded' })
    : noEvents();
}
