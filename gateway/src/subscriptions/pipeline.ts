import type { Span } from '@opentelemetry/api';
import type { Caller } from '@tally/identity';
import type { ExecutionResult } from 'graphql';
import { projectEvent } from '../execution/project-event.ts';
import { formattedOf } from '../masking.ts';
import type { Rest } from '../planning/event-plan.ts';
import { BoundedQueue, type Keyed } from './bounded-queue.ts';
import { completed } from './complete-event.ts';
import { identityOf, type Engine } from './engine.ts';
import type { Listener } from './key-index.ts';
import type { LiveEvent } from './live-event.ts';
import { maskedErrors, toPayload, type QueuedResult } from './payload.ts';
import { createRecovery, type Recovery } from './recovery.ts';
import { renewed } from './renewal.ts';
import { freshTraceId, traceIdOf } from './run-facts.ts';
import type { StreamOperation } from './stream-operation.ts';
import type { ReplayCause } from './stream-telemetry.ts';
import type { Subscriber } from './subscriber.ts';

/** What a pipeline does with an event: replaced as a whole when the graph is. */
export interface Work {
  readonly stream: StreamOperation;
  /** What is fetched besides the event; `null`: nothing. */
  readonly rest: Rest | null;
  /** Coerced variables, defaults applied. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What makes two subscriptions one pipeline. */
export interface PipelineFacts {
  /** The same for all who may share it. */
  readonly name: string;
  readonly keys: readonly string[];
  /** As sent, without what tells sharers apart. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whom `rest` is fetched for, unless it is shared. */
  readonly caller: Caller;
  readonly work: Work;
}

interface Waiting extends Keyed {
  readonly event: LiveEvent;
}

/**
 * One operation on some keys, for all who may share its results: each event is projected, completed and written as text once. Reference-counted: it
 * listens as long as it has a subscriber, whichever that is; when the last one leaves it stops at once, in the middle of an event if need be.
 *
 * Events pass one by one. Without anything to fetch an event passes at once; while one is being fetched or the operation is planned anew (the graph was
 * replaced), the following wait in a bounded queue. What does not fit is asked for again afterwards.
 */
export class Pipeline implements Listener {
  readonly engine: Engine;
  readonly name: string;
  readonly keys: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subscribers = new Set<Subscriber>();
  #caller: Caller;
  readonly #closed: (pipeline: Pipeline) => void;
  /** Only where there are several keys. */
  readonly #positions: ReadonlyMap<string, number> | null;
  #work: Work;
  #waiting: BoundedQueue<Waiting> | null = null;
  #busy = false;
  #behind = false;
  #ended: AbortController | null = null;

  constructor(engine: Engine, { name, keys, variables, caller, work }: PipelineFacts, closed: (pipeline: Pipeline) => void) {
    this.engine = engine;
    this.name = name;
    this.keys = keys;
    this.variables = variables;
    this.#caller = caller;
    this.#work = work;
    this.#closed = closed;
    this.#positions = keys.length === 1 ? null : new Map(keys.map((key, position) => [key, position]));
    engine.index.listen(this.topic, keys, this);
  }

  get work(): Work {
    return this.#work;
  }

  get topic(): string {
    return this.#work.stream.binding.topic;
  }

  /** Whether every sequence arrives, so that a hole is a loss. A filter of types makes holes of its own. */
  get contiguous(): boolean {
    const { resumable, types } = this.#work.stream.binding;
    return resumable && types === null;
  }

  /** Aborted when nobody listens any more. */
  get ended(): AbortSignal {
    this.#ended ??= new AbortController();
    return this.#ended.signal;
  }

  add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    if (!this.subscribers.delete(subscriber) || this.subscribers.size > 0) return;
    this.engine.index.leave(this.topic, this.keys, this);
    this.#waiting = null;
    this.#ended?.abort();
    this.#closed(this);
  }

  /** Position of a key; one key is always the first. `undefined`: nobody asked for it. */
  positionOf(key: string | null): number | undefined {
    return this.#positions === null ? 0 : this.#positions.get(key ?? '');
  }

  /** What clients may resume from. */
  wireSequence(sequence: number): number | null {
    return this.#work.stream.binding.resumable ? sequence : null;
  }

  take(event: LiveEvent, position: number, gap: boolean): void {
    const { binding } = this.#work.stream;
    if (gap && binding.resumable) this.recover('gap');
    if (event.fields === null || !(binding.types?.has(event.record.type) ?? true)) return;
    if (!this.#busy && this.#work.rest === null && !this.#stale) {
      if (this.#wanted(event, position)) this.#pass(event, position);
      return;
    }
    const added = (this.#waiting ??= new BoundedQueue()).add({ event, position }, binding.overflow);
    if (added === 'full') this.#behind = true;
    if (!this.#busy) void this.#passWaiting();
  }

  /** All live subscribers ask the owner for what they lack. */
  recover(cause: ReplayCause): void {
    if (this.#work.stream.replay === null) return;
    const recovery = createRecovery(this, cause);
    for (const subscriber of this.subscribers) subscriber.recover(recovery);
  }

  /** A fault of ours ends the stream it happened to. */
  fail(subscriber: Subscriber, fault: unknown): void {
    const { error, code } = this.engine.mask(formattedOf(fault), fault, freshTraceId());
    subscriber.endRefused([error], code);
  }

  #failAll(fault: unknown): void {
    for (const subscriber of this.subscribers) this.fail(subscriber, fault);
  }

  get #stale(): boolean {
    return this.#work.stream.operation.generation !== this.engine.generation;
  }

  /** Not so what the owner has answered already: a log may be behind it. */
  #wanted({ record }: LiveEvent, position: number): boolean {
    for (const subscriber of this.subscribers) if (subscriber.wants(position, record.sequence)) return true;
    return false;
  }

  async #passWaiting(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#waiting?.take(); next !== undefined; next = this.#waiting?.take()) {
        while (this.#stale && this.subscribers.size > 0) await this.#renew();
        if (this.subscribers.size === 0) return;
        const { event, position } = next;
        const { rest } = this.#work;
        if (this.#wanted(event, position)) {
          if (rest === null) this.#pass(event, position);
          else await this.#passCompleted(event, position, rest);
        }
        if (this.#behind) {
          this.#behind = false;
          this.#catchUpOrEnd();
        }
      }
    } catch (error) {
      this.#failAll(error);
    } finally {
      this.#busy = false;
      this.#waiting = null;
    }
  }

  /** The event says it all. */
  #pass(event: LiveEvent, position: number): void {
    const { operation, binding } = this.#work.stream;
    const span = this.engine.telemetry.startPush(binding.field, event);
    try {
      this.#publish(projectEvent(operation, event.root(binding.field), this.variables), event, position, span);
    } catch (error) {
      // Whoever else listens to this key gets the event all the same.
      this.#failAll(error);
    } finally {
      span.end();
    }
  }

  async #passCompleted(event: LiveEvent, position: number, rest: Rest): Promise<void> {
    const span = this.engine.telemetry.startPush(this.#work.stream.binding.field, event);
    try {
      const result = await completed(this.engine, this, { event, rest, span, caller: this.#caller });
      if (result !== 'refused') this.#publish(result, event, position, span);
      else for (const subscriber of this.subscribers) subscriber.endForbidden();
    } finally {
      span.end();
    }
  }

  #publish(result: ExecutionResult, event: LiveEvent, position: number, span: Span): void {
    const { owner } = this.#work.stream.binding;
    const { sequence, time } = event.record;
    const queued: QueuedResult = {
      payload: toPayload(
        result.data ?? null,
        maskedErrors(result, this.engine.mask, () => traceIdOf(span)),
      ),
      sequence: this.wireSequence(sequence),
      number: sequence,
      position,
      happenedAt: time.getTime(),
      owner: owner === null ? null : event.textAt(owner),
    };
    let shared: Recovery | null = null;
    const recovery = (): Recovery => (shared ??= createRecovery(this, 'gap'));
    for (const subscriber of this.subscribers) subscriber.offer(queued, recovery);
  }

  #catchUpOrEnd(): void {
    if (this.#work.stream.replay !== null) this.recover('behind');
    else for (const subscriber of this.subscribers) subscriber.endSlow();
  }

  /** Plans anew for the graph that has come. */
  async #renew(): Promise<void> {
    const { generation } = this.engine;
    const callers = new Map([...this.subscribers].map(({ caller }) => [identityOf(caller), caller]));
    const next = await renewed(this.engine, this, [...callers.values()]);
    if (generation !== this.engine.generation) return;
    if (next === null) {
      for (const subscriber of this.subscribers) {
        subscriber.end('schema_reloaded', 'SCHEMA_RELOADED', 'The graph has changed, and this operation with it.');
      }
      return;
    }
    this.#work = next.work;
    this.#caller = next.caller;
    for (const subscriber of this.subscribers) {
      if (!next.admits(subscriber.caller)) subscriber.endForbidden();
    }
  }
}
