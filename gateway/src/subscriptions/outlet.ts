import type { Overflow } from '../supergraph/topic-bindings.ts';
import { BoundedQueue, queueBound } from './bounded-queue.ts';
import type { Engine } from './engine.ts';
import type { QueuedResult } from './payload.ts';
import type { Sink } from './stream.ts';

/**
 * Where the results of one subscriber leave. *Flowing*: each is written at once. *Slow*: its sink has said no; results wait in a bounded queue until it
 * says yes. *Closed*: nothing is written, and nothing waits.
 */
export class Outlet {
  readonly #engine: Engine;
  readonly #sink: Sink;
  readonly #starved: () => void;
  /** Number of the newest result written; what a client resumes from. `null`: it has seen nothing. */
  written: number | null;
  #queue: BoundedQueue<QueuedResult> | null = null;
  #slowSince: number | null = null;
  #roomier: (() => void) | null = null;
  #closed = false;

  /** @param starved called when the sink has taken nothing for too long. */
  constructor(engine: Engine, sink: Sink, after: number | null, starved: () => void) {
    this.#engine = engine;
    this.#sink = sink;
    this.written = after;
    this.#starved = starved;
  }

  /** Writes a result or keeps it. `false`: there is no room, and it is lost. */
  put(result: QueuedResult, overflow: Overflow): boolean {
    if (this.#closed) return true;
    if (this.#slowSince === null) {
      this.#write(result);
      return true;
    }
    const added = (this.#queue ??= new BoundedQueue()).add(result, overflow);
    if (added !== 'kept') this.#engine.telemetry.overflowed(overflow);
    return added !== 'full';
  }

  /** For results that can wait where they are. */
  get full(): boolean {
    return (this.#queue?.size ?? 0) >= queueBound;
  }

  /** Resolves once there is room, or none is needed any more. One waits at a time. */
  room(): Promise<void> {
    if (!this.full) return Promise.resolve();
    return new Promise((resolve) => {
      this.#roomier = resolve;
    });
  }

  /** The sink takes results again. */
  resume(): void {
    if (this.#slowSince === null) return;
    this.#flow();
    while (this.#slowSince === null) {
      const result = this.#queue?.take();
      if (result === undefined) break;
      this.#write(result);
    }
    if (this.#queue?.size === 0) this.#queue = null;
    if (!this.full) this.#letIn();
  }

  close(): void {
    this.#closed = true;
    this.#queue = null;
    this.#flow();
    this.#letIn();
  }

  /** Gives up when the sink has taken nothing for too long. */
  check(now: number, patienceMs: number): void {
    if (this.#slowSince !== null && now - this.#slowSince >= patienceMs) this.#starved();
  }

  #write(result: QueuedResult): void {
    this.written = result.number;
    const takesMore = this.#sink.next(result);
    const { telemetry, slow } = this.#engine;
    if (result.happenedAt !== null) telemetry.pushed(Math.max(0, Date.now() - result.happenedAt) / 1000);
    if (takesMore || this.#hasClosed()) return;
    this.#slowSince = performance.now();
    slow.add(this);
  }

  #flow(): void {
    if (this.#slowSince === null) return;
    this.#slowSince = null;
    this.#engine.slow.delete(this);
  }

  #letIn(): void {
    const waiting = this.#roomier;
    this.#roomier = null;
    waiting?.();
  }

  // The sink may close the stream while it is written to, which the compiler does not see.
  #hasClosed(): boolean {
    return this.#closed;
  }
}
