import { createIdFactory, onCrashPoint, useIds, type CrashPoint } from '@tally/kernel';
import type { MemoryDatabase } from '../database/memory-database.ts';
import type { Random } from '@tally/kernel';
import { createRandom } from '@tally/kernel';
import type { Faults } from './faults.ts';
import { noFaults } from './faults.ts';
import { createMachines, type Machines, type MachineOptions } from './machines.ts';
import type { Answer, RunningProcess } from './running-process.ts';
import type { Trace } from './trace.ts';
import type { Actor } from './actor.ts';
import { Turns } from './turns.ts';

/** Settings of a history. */
export interface SchedulerOptions {
  readonly seed: number;
  /** What goes wrong; default: nothing. */
  readonly faults?: (random: Random) => Faults;
  /** Virtual time at the beginning; default: the first of January 2026, UTC. */
  readonly startAt?: Date;
  /** Turns after which nothing goes wrong any more; default: no limit. */
  readonly faultyTurns?: number | null;
  /** Turns after which the history counts as stuck; default 5,000,000. */
  readonly mostTurns?: number;
  /** Virtual milliseconds after which it does; default one day. */
  readonly mostMs?: number;
}

/** A machine that a process runs on: the process dies and comes back, the machine stays. */
export interface Machine {
  readonly name: string;
  /** The present life; `null` between two. */
  readonly process: RunningProcess | null;
  /**
   * Asks the present process something, as a client would over a connection.
   *
   * @returns its answer; `lost` when nobody runs here, when the process dies meanwhile, or when a fault takes request or reply.
   */
  ask<Result>(label: string, work: (process: RunningProcess) => Promise<Result>): Promise<Answer<Result>>;
  /** Ends the present life at once. */
  kill(): void;
}

/** One seeded order of everything that happens: turns, time, deaths, chance. */
export interface Scheduler {
  /** Everything that is random; forks of it are reproducible. */
  readonly random: Random;
  readonly faults: Faults;
  /** The world outside all processes: clients, providers, the log. Never dies. */
  readonly outside: Actor;
  /** The true time, which databases have. */
  readonly now: () => Date;
  readonly nowMs: () => number;
  readonly trace: Trace;
  /** How many turns there have been. */
  readonly turns: number;
  /** How often each crash point was reached by a process. */
  readonly reached: ReadonlyMap<CrashPoint, number>;
  /** Kills, by what they hit: the name of a crash point, or `anywhere`. */
  readonly kills: ReadonlyMap<string, number>;
  /** Whose turn it is: the name of a process, `outside`, or `null`. */
  readonly current: string | null;
  boot(machine: MachineOptions): Machine;
  /** Called after commits that put events into the outbox of this database. Disposal ends that. */
  onQueued(database: MemoryDatabase, listener: () => void): Disposable;
  /**
   * Runs a history until `main`, which happens outside all processes, is done. Once per scheduler; one history at a time in a thread, since ids and crash
   * points of the whole thread belong to it.
   *
   * @throws {HistoryStuckError}; what `main` or something that a process runs has thrown.
   */
  run<Result>(main: () => Promise<Result>): Promise<Result>;
}

const beginning = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;

/**
 * A scheduler for one history. The same seed, settings and code give the same history, turn for turn, as long as what runs in it asks nothing but its
 * process for time and chance, and waits for nothing but turns, sleeps, locks and each other.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const random = createRandom(options.seed);
  const faults = (options.faults ?? noFaults)(random);
  const faultyTurns = options.faultyTurns ?? Infinity;
  const turns = new Turns({
    random,
    startMs: (options.startAt ?? new Date(beginning)).getTime(),
    mostTurns: options.mostTurns ?? 5_000_000,
    mostMs: options.mostMs ?? dayMs,
    beforeTurn() {
      if (turns.turns >= faultyTurns) faults.heal();
      machines.beforeTurn();
    },
    waiting: () => machines.waiting(),
  });
  const outside = turns.actor('outside');
  const queued = new Map<MemoryDatabase, Set<() => void>>();
  const machines: Machines = createMachines({
    ...{ turns, outside, faults, random: random.fork('machines') },
    queued: (database) => {
      for (const listener of queued.get(database) ?? []) listener();
    },
  });
  const idBytes = random.fork('ids');
  const ids = createIdFactory(
    () => machines.wallClockMs(),
    (count) => {
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; at += 1) bytes[at] = idBytes.next() * 256;
      return bytes;
    },
  );
  let moment = new Date(Math.floor(turns.nowMs));

  return {
    random,
    faults,
    outside,
    now() {
      const nowMs = Math.floor(turns.nowMs);
      if (moment.getTime() !== nowMs) moment = new Date(nowMs);
      return moment;
    },
    nowMs: () => turns.nowMs,
    trace: turns.trace,
    get turns() {
      return turns.turns;
    },
    reached: machines.reached,
    kills: machines.kills,
    get current() {
      return turns.current?.name ?? null;
    },
    boot: machines.boot,
    onQueued(database, listener) {
      const listeners = queued.get(database) ?? new Set();
      queued.set(database, listeners.add(listener));
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async run<Result>(main: () => Promise<Result>) {
      using _ids = useIds(ids);
      using _points = onCrashPoint((point) => machines.reach(point));
      const running = turns.run();
      const ended = Promise.withResolvers<{ readonly result: Result }>();
      outside.enter(() => {
        main().then(
          (result) => {
            ended.resolve({ result });
            turns.end();
          },
          (error: unknown) => turns.fail(error),
        );
      });
      await running;
      const { result } = await ended.promise;
      return result;
    },
  };
}
