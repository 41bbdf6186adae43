import type { Random } from '@tally/kernel';
import { OrderedActor } from './actor.ts';
import { Timers } from './timers.ts';
import { createTrace, type Trace } from './trace.ts';

/** The history did not end: too many turns, too much time, or nobody left who could move. Its message tells what was waiting. */
export class HistoryStuckError extends Error {
  override readonly name = 'HistoryStuckError';
}

/** Settings of the turns. */
export interface TurnsOptions {
  readonly random: Random;
  /** Virtual time at the beginning, in milliseconds since the epoch. */
  readonly startMs: number;
  readonly mostTurns: number;
  /** Virtual milliseconds after which a history is stuck. */
  readonly mostMs: number;
  /** Called before each turn. */
  readonly beforeTurn: () => void;
  /** What waits, for the message of a history that is stuck. */
  readonly waiting: () => string;
}

interface Ready {
  readonly actor: OrderedActor;
  readonly go: () => void;
}

/** Steps that run without a look at the event loop, which has messages to deliver and a progress line to print. */
const stepsPerBreath = 2_000;
const turnsPerMood = 400;

/**
 * Runs one turn after the other until told to stop: of all who are ready the seed picks the next. A turn ends when the promises that it has moved have
 * come to rest. Virtual time goes on a little with each turn, and leaps when nobody is ready.
 */
export class Turns {
  readonly trace: Trace;
  /** Whose turn it is; `null` between turns. */
  current: OrderedActor | null = null;
  turns = 0;
  nowMs: number;
  readonly #options: TurnsOptions;
  readonly #order: Random;
  readonly #timers = new Timers();
  readonly #ready: Ready[] = [];
  readonly #actors: OrderedActor[] = [];
  readonly #switches: number;
  readonly #slowestMs: number;
  #actorsMade = 0;
  #ended: PromiseWithResolvers<void> | null = null;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#order = options.random.fork('order of turns');
    this.nowMs = options.startMs;
    this.trace = createTrace(() => `${((this.nowMs - options.startMs) / 1000).toFixed(3)} s`);
    this.#switches = this.#order.pick([0.2, 0.5, 0.8, 1]);
    this.#slowestMs = this.#order.pick([0.1, 0.4, 1.5]);
  }

  actor(name: string): OrderedActor {
    const actor = new OrderedActor(this, name, (this.#actorsMade += 1));
    this.#actors.push(actor);
    return actor;
  }

  /** Whether the actor at work may go on without asking who else is ready. */
  runsOn(actor: OrderedActor): boolean {
    if (this.current !== actor || this.#order.next() < this.#switches) return false;
    this.#count(actor);
    return true;
  }

  push(actor: OrderedActor, go: () => void): void {
    this.#ready.push({ actor, go });
  }

  after(actor: OrderedActor, milliseconds: number, act: () => void): () => void {
    const timed = this.#timers.add(this.nowMs + Math.max(0, milliseconds), () => this.push(actor, act));
    return () => {
      timed.cancelled = true;
    };
  }

  /** Runs until `end` or `fail` is called. One at a time. */
  run(): Promise<void> {
    this.#ended = Promise.withResolvers<void>();
    process.nextTick(this.#step);
    return this.#ended.promise;
  }

  end(): void {
    this.#ended?.resolve();
    this.#ended = null;
  }

  fail(error: unknown): void {
    this.#ended?.reject(error);
    this.#ended = null;
  }

  readonly #step = (): void => {
    this.current = null;
    if (this.#ended === null) return this.#forget();
    try {
      this.#options.beforeTurn();
      this.#takeTurn();
    } catch (error) {
      this.fail(error);
    }
    // The tick queue comes after all microtasks: the next step finds every promise of this turn at rest.
    if (this.turns % stepsPerBreath === 0) setImmediate(this.#step);
    else queueMicrotask(this.#next);
  };

  readonly #next = (): void => process.nextTick(this.#step);

  #takeTurn(): void {
    for (;;) {
      for (let timed = this.#timers.due(this.nowMs); timed !== null; timed = this.#timers.due(this.nowMs)) timed.act();
      const next = this.#pick();
      if (next !== null) {
        this.current = next.actor;
        this.#count(next.actor);
        next.go();
        return;
      }
      const leapMs = this.#timers.nextMs();
      if (leapMs === null) throw this.#stuck('nobody can move');
      this.nowMs = Math.max(this.nowMs, leapMs);
    }
  }

  #pick(): Ready | null {
    const ready = this.#ready;
    for (let tries = 0; ready.length > 0; tries += 1) {
      const at = Math.floor(this.#order.next() * ready.length);
      const picked = ready[at];
      if (picked === undefined) return null;
      const { actor } = picked;
      const isFrozen = actor.alive && actor.frozenUntilMs > this.nowMs;
      if (actor.alive && !isFrozen && tries < 3 && ready.length > 1 && this.#order.next() >= actor.eagerness) continue;
      const last = ready.pop();
      if (last !== undefined && at < ready.length) ready[at] = last;
      if (isFrozen) this.after(actor, actor.frozenUntilMs - this.nowMs, picked.go);
      else if (actor.alive) return picked;
    }
    return null;
  }

  #count(actor: OrderedActor): void {
    this.turns += 1;
    this.nowMs += this.#order.next() * this.#slowestMs;
    this.trace.turn(actor.number, this.nowMs);
    if (this.turns % turnsPerMood === 0) this.#changeMoods();
    if (this.turns > this.#options.mostTurns) this.fail(this.#stuck(`${String(this.#options.mostTurns)} turns were not enough`));
    if (this.nowMs - this.#options.startMs > this.#options.mostMs) this.fail(this.#stuck('time is up'));
  }

  /** Now and then somebody is slow for a while, so that long races happen, too. */
  #changeMoods(): void {
    for (let at = this.#actors.length - 1; at >= 0; at -= 1) {
      const actor = this.#actors[at];
      if (actor?.alive === true) actor.eagerness = this.#order.pick([1, 1, 1, 0.5, 0.1]);
      else this.#actors.splice(at, 1);
    }
  }

  #stuck(why: string): HistoryStuckError {
    return new HistoryStuckError(`${why}; after ${String(this.turns)} turns there wait: ${this.#options.waiting()}`);
  }

  #forget(): void {
    for (const actor of this.#actors) actor.alive = false;
    this.#ready.length = 0;
  }
}
