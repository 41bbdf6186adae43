import { subjectOf, type Caller } from '@tally/identity';
import type { WireCode } from '@tally/runtime';
import type { GraphQLFormattedError } from 'graphql';
import { queueBound } from './bounded-queue.ts';
import { Outlet } from './outlet.ts';
import type { QueuedResult } from './payload.ts';
import type { Pipeline } from './pipeline.ts';
import type { Page, ReplayedEvent } from './read-page.ts';
import { createRecovery, type Recovery } from './recovery.ts';
import type { EndReason, Sink, Stream, StreamEnd, StreamProtocol } from './stream.ts';
import type { AnyEnd } from './stream-telemetry.ts';

/** Who opens a stream. */
export interface Newcomer {
  readonly caller: Caller;
  readonly protocol: StreamProtocol;
  readonly sink: Sink;
  /** The sequence after which to begin; `null`: with the present state. */
  readonly after: number | null;
}

/** What the last replay has proved: nothing (there was none), that the caller may see the entity, or whether it is theirs, which its first event told. */
type Verdict = 'none' | 'admitted' | 'own' | 'foreign';

const refusals: ReadonlySet<WireCode> = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']);

/**
 * One subscriber of a pipeline. *Listening*: the owner of the data has not answered yet; live results are held, and the sink has heard nothing. *Catching
 * up*: what was missed is written, live results are still held. *Live*: results are written as they come, or wait in a bounded queue while the sink
 * says no. *Ended*: nothing is written, and nothing is held. Live goes back to catching up when a sequence is missing.
 *
 * Fields instead of closures, and a queue only when it is needed: there are tens of thousands of these, and most of them wait.
 */
export class Subscriber implements Stream {
  readonly caller: Caller;
  readonly #pipeline: Pipeline;
  readonly #protocol: StreamProtocol;
  readonly #sink: Sink;
  /** Sequence of the newest event of each key that was written or waits in the queue. */
  readonly #newest: number[];
  readonly #outlet: Outlet;
  #state: 'listening' | 'catching up' | 'live' | 'ended' = 'listening';
  #held: QueuedResult[] | null = null;
  /** Something has passed that is not held: what was missed is asked for again. */
  #missed = false;
  #verdict: Verdict = 'none';
  #endedBy: StreamEnd | null = null;

  constructor(pipeline: Pipeline, { caller, protocol, sink, after }: Newcomer) {
    this.caller = caller;
    this.#pipeline = pipeline;
    this.#protocol = protocol;
    this.#sink = sink;
    this.#newest = pipeline.keys.map(() => after ?? 0);
    this.#outlet = new Outlet(pipeline.engine, sink, after, () => this.endSlow());
  }

  /** Why it ended by itself while its client was still waiting for it to open. */
  get endedBy(): StreamEnd | null {
    return this.#endedBy;
  }

  /** The owner has answered the first page: from here on the sink is written to. `null`: there is nothing to catch up with. */
  begin(first: Page | null): void {
    if (this.#state !== 'listening') return;
    this.#pipeline.engine.telemetry.opened(this.#protocol);
    this.#state = 'catching up';
    if (first === null) this.#goLive();
    else void this.#catchUp(createRecovery(this.#pipeline, 'resume'), first);
  }

  /** It was refused, or its client did not wait. */
  abandon(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#release();
  }

  /** Whether an event would come to anything: it is not known to be written already. */
  wants(position: number, number: number): boolean {
    return this.#state !== 'live' || number > this.#newestOf(position);
  }

  /** A live result. */
  offer(result: QueuedResult, recovery: () => Recovery): void {
    if (this.#state === 'ended') return;
    if (this.#state !== 'live') {
      this.#hold(result);
    } else if (this.#pipeline.contiguous && result.number > this.#newestOf(result.position) + 1) {
      this.#hold(result);
      this.recover(recovery());
    } else {
      this.#accept(result);
    }
  }

  /** Something is missing between the newest event and what comes. */
  recover(recovery: Recovery): void {
    if (this.#state === 'live') {
      this.#state = 'catching up';
      void this.#catchUp(recovery, null);
    } else {
      this.#missed = true;
    }
  }

  resume(): void {
    this.#outlet.resume();
  }

  close(reason: AnyEnd): void {
    if (this.#state === 'ended') return;
    if (this.#state !== 'listening') this.#pipeline.engine.telemetry.ended(this.#protocol, reason);
    this.#state = 'ended';
    this.#release();
  }

  /** Ends by itself and tells the client. */
  end(reason: EndReason, code: WireCode | null, message = ''): void {
    if (code === null) this.#endWith({ reason, errors: [] });
    else this.#endWith({ reason, errors: [{ message, extensions: { code, ...this.#lastSequence() } }] });
  }

  /** The replay was refused in the middle of a stream. */
  endRefused(errors: readonly GraphQLFormattedError[], code: WireCode): void {
    if (refusals.has(code)) this.endForbidden();
    else this.#endWith({ reason: 'failed', errors: errors.map((error) => this.#withLastSequence(error)) });
  }

  endForbidden(): void {
    this.end('forbidden', 'FORBIDDEN', 'What this stream is about may not be seen any more.');
  }

  endSlow(): void {
    this.end('slow_consumer', 'SLOW_CONSUMER', 'The client reads too slowly.');
  }

  async #catchUp(given: Recovery, first: Page | null): Promise<void> {
    let recovery = given;
    // What is read in the middle of a stream is read after the hole showed.
    let healed = first === null;
    try {
      let page = first ?? (await recovery.page(this, this.#after()));
      for (;;) {
        const more = await this.#takePage(page);
        if (this.#hasEnded()) return;
        if (!more) {
          const hole: boolean = !healed && this.#holeInHeld();
          if (!this.#missed && !hole) break;
          // A number that the owner never gave away stays a hole, so it is asked about once.
          healed ||= hole;
          recovery = createRecovery(this.#pipeline, this.#missed ? 'behind' : 'gap');
          this.#missed = false;
        }
        page = await recovery.page(this, this.#after());
      }
      this.#goLive();
    } catch (error) {
      this.#pipeline.fail(this, error);
    }
  }

  /** @returns whether there is another page. */
  async #takePage(page: Page): Promise<boolean> {
    if (this.#hasEnded()) return false;
    if (!page.ok) {
      this.endRefused(page.errors, page.code);
      return false;
    }
    if (this.#verdict === 'none') this.#verdict = 'admitted';
    const before = this.#newestOf(0);
    for (const event of page.events) {
      if (this.#outlet.full) await this.#outlet.room();
      if (this.#hasEnded()) return false;
      this.#replayed(event);
    }
    return page.full && this.#newestOf(0) > before;
  }

  #holeInHeld(): boolean {
    if (!this.#pipeline.contiguous) return false;
    let newest = this.#newestOf(0);
    for (const { number } of this.#held ?? []) {
      if (number > newest + 1) return true;
      newest = Math.max(newest, number);
    }
    return false;
  }

  #goLive(): void {
    if (this.#state === 'ended') return;
    this.#state = 'live';
    const held = this.#held ?? [];
    this.#held = null;
    for (const result of held) this.#accept(result);
  }

  #hold(result: QueuedResult): void {
    this.#held ??= [];
    if (this.#held.length < queueBound) {
      this.#held.push(result);
    } else {
      // All of them are asked for again, so none has to be kept.
      this.#held = [];
      this.#missed = true;
    }
  }

  #accept(result: QueuedResult): void {
    if (this.#state === 'ended' || result.number <= this.#newestOf(result.position)) return;
    if (!this.#maySee(result)) {
      this.endForbidden();
      return;
    }
    this.#deliver(result);
  }

  #replayed({ sequence, key, payload }: ReplayedEvent): void {
    const position = this.#pipeline.positionOf(key);
    if (this.#state === 'ended' || position === undefined || sequence <= this.#newestOf(position)) return;
    this.#deliver({ payload, sequence: this.#pipeline.wireSequence(sequence), number: sequence, position, happenedAt: null, owner: null });
  }

  #deliver(result: QueuedResult): void {
    // Before it is written: the sink may call back.
    this.#newest[result.position] = result.number;
    if (!this.#outlet.put(result, this.#pipeline.work.stream.binding.overflow)) this.endSlow();
  }

  /**
   * Whether the event's owner is the caller. Somebody else passes if the replay has let them see this entity (staff); once an event was their own, the
   * next has to be, too.
   */
  #maySee({ owner }: QueuedResult): boolean {
    const { work, keys } = this.#pipeline;
    const { binding } = work.stream;
    if (binding.owner === null) return true;
    // Several entities, all of which the replay has let them see.
    if (keys.length > 1) return this.#verdict !== 'none';
    if (owner !== null && owner === subjectOf(this.caller)) {
      this.#verdict = 'own';
      return true;
    }
    // Whose key is the caller's own was never asked about anybody else's.
    if (binding.key.from === 'subject') return false;
    if (this.#verdict === 'admitted') this.#verdict = 'foreign';
    return this.#verdict === 'foreign';
  }

  #endWith(end: StreamEnd): void {
    if (this.#state === 'ended') return;
    const opening = this.#state === 'listening';
    this.close(end.reason);
    if (opening) this.#endedBy = end;
    else this.#sink.end(end);
  }

  #release(): void {
    this.#held = null;
    this.#outlet.close();
    this.#pipeline.remove(this);
  }

  // The state may change during a call out or an await, which the compiler does not see.
  #hasEnded(): boolean {
    return this.#state === 'ended';
  }

  #newestOf(position: number): number {
    return this.#newest[position] ?? 0;
  }

  #after(): number | null {
    return this.#pipeline.work.stream.binding.resumable ? this.#newestOf(0) : null;
  }

  #lastSequence(): { lastSequence?: number } {
    const last = this.#outlet.written === null ? null : this.#pipeline.wireSequence(this.#outlet.written);
    return last === null ? {} : { lastSequence: last };
  }

  #withLastSequence(error: GraphQLFormattedError): GraphQLFormattedError {
    return { ...error, extensions: { ...error.extensions, ...this.#lastSequence() } };
  }
}
