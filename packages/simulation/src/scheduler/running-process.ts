import type { CommitFate, MemoryDatabase, Session } from '../database/memory-database.ts';
import type { Random } from '@tally/kernel';
import type { SimulatedProcess } from '../simulated-app.ts';
import type { Faults } from './faults.ts';
import type { Actor, OrderedActor } from './actor.ts';

/** What came of a request: `lost` is a connection that broke, so that it may have been carried out or not. */
export type Answer<Result> =
  { readonly kind: 'answered'; readonly value: Result } | { readonly kind: 'failed'; readonly error: unknown } | { readonly kind: 'lost' };

/** One life of a process under a scheduler. */
export interface RunningProcess extends SimulatedProcess, Actor {
  /** Lives of this machine, from 1. */
  readonly life: number;
  readonly queued: () => void;
  /**
   * Starts something that goes on beside the rest of the process. What it throws is an end of the whole history: work that may fail catches for itself.
   *
   * @param label by which it is named where a history is stuck.
   */
  run(label: string, work: () => Promise<void>): void;
  /** A connection of its own, for what holds a lock as long as it is connected: broken once, it stays broken. @param broken called when it breaks. */
  connect(broken?: () => void): Session;
  /** Called when the process dies, in nobody's turn. */
  onDeath(listener: () => void): void;
  /** Called when the process is stopped for a while, with the milliseconds. */
  onFreeze(listener: (milliseconds: number) => void): void;
}

/** What the machines know of a process besides. */
export interface ProcessHandle {
  readonly process: RunningProcess;
  readonly actor: OrderedActor;
  readonly labels: ReadonlySet<string>;
  die(): void;
  freeze(milliseconds: number): void;
  /** Breaks all of its database connections. */
  cut(): void;
  jump(milliseconds: number): void;
}

/** Milliseconds that PostgreSQL bears a transaction whose client is silent, as the roles of the platform have it. */
const idleInTransactionMs = 10_000;

/** Starts a life of a process. */
export function createProcess(options: {
  readonly actor: OrderedActor;
  readonly life: number;
  readonly database: MemoryDatabase;
  readonly nowMs: () => number;
  /** By how much its clock is wrong. */
  readonly clockOffMs: number;
  readonly random: Random;
  readonly faults: Faults;
  /** Told after commits that put events into an outbox of the database. */
  readonly queued: () => void;
  readonly failed: (error: unknown) => void;
  readonly outside: Actor;
}): ProcessHandle {
  const { actor, life, database, nowMs, random, faults, failed, outside } = options;
  const labels = new Set<string>();
  const deaths: (() => void)[] = [];
  const freezes: ((milliseconds: number) => void)[] = [];
  const connections = new Set<() => void>();
  const bornMs = nowMs();
  let clockOffMs = options.clockOffMs;

  const commitFate = (): CommitFate => {
    if (faults.strikes('commit lost')) return 'lost-before';
    return faults.strikes('commit unanswered') ? 'lost-after' : 'done';
  };
  const waitPolicy = () => (faults.strikes('lock timeout') ? 'timeout' : 'wait');
  const sessionOptions = { turn: actor.turn, timer: actor.after, commitFate, waitPolicy } as const;
  const session = database.session(sessionOptions);
  const cut = (): void => {
    session.terminate();
    for (const cutOff of [...connections]) cutOff();
  };

  const process: RunningProcess = {
    ...{ name: actor.name, number: actor.number, life, database, session, random: random.next },
    ...{ turn: actor.turn, sleep: actor.sleep, after: actor.after, enter: actor.enter, queued: options.queued },
    get alive() {
      return actor.alive;
    },
    now: () => new Date(Math.floor(nowMs() + clockOffMs)),
    monotonicMs: () => nowMs() - bornMs,
    run(label, work) {
      labels.add(label);
      actor.enter(() => {
        work().then(
          () => labels.delete(label),
          (error: unknown) => {
            if (actor.alive) failed(error);
          },
        );
      });
    },
    connect(broken) {
      const cutOff = (): void => {
        connections.delete(cutOff);
        connection.terminate();
        if (broken !== undefined) actor.enter(broken);
      };
      const fateOnly = (): CommitFate => {
        const fate = commitFate();
        if (fate !== 'done') actor.enter(cutOff);
        return fate;
      };
      const connection = database.session({ ...sessionOptions, commitFate: fateOnly, reconnects: false });
      connections.add(cutOff);
      return connection;
    },
    onDeath: (listener) => void deaths.push(listener),
    onFreeze: (listener) => void freezes.push(listener),
  };

  return {
    process,
    actor,
    labels,
    die() {
      actor.alive = false;
      cut();
      for (const listener of deaths) listener();
    },
    freeze(milliseconds) {
      actor.frozenUntilMs = nowMs() + milliseconds;
      for (const listener of freezes) listener(milliseconds);
      if (milliseconds > idleInTransactionMs)
        outside.after(idleInTransactionMs, () => {
          if (actor.alive && actor.frozenUntilMs > nowMs()) session.terminate();
        });
    },
    cut,
    jump(milliseconds) {
      clockOffMs += milliseconds;
    },
  };
}
