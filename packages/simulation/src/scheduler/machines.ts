import type { CrashPoint } from '@tally/kernel';
import type { MemoryDatabase } from '../database/memory-database.ts';
import type { Random } from '@tally/kernel';
import type { Faults } from './faults.ts';
import { createProcess, type Answer, type ProcessHandle, type RunningProcess } from './running-process.ts';
import type { Machine } from './scheduler.ts';
import type { Actor } from './actor.ts';
import type { Turns } from './turns.ts';

/** A machine and what runs on it. */
export interface MachineOptions {
  readonly name: string;
  /** Outlives the process. */
  readonly database: MemoryDatabase;
  /** Starts the app, in a turn of its process: at once, and after each death. */
  readonly start: (process: RunningProcess) => void;
  /** Shortest and longest time from a death to the next life, in milliseconds; default 10 to 3,000. */
  readonly restartMs?: readonly [number, number];
}

/** All machines of a history, and what befalls them. */
export interface Machines {
  boot(options: MachineOptions): Machine;
  /** Lets happen what happens between two turns. */
  beforeTurn(): void;
  /** A crash point has been reached by whoever's turn it is. */
  reach(point: CrashPoint): void;
  /** The clock of whoever's turn it is. */
  wallClockMs(): number;
  /** What goes on in each process, for the message of a history that is stuck. */
  waiting(): string;
  readonly reached: Map<CrashPoint, number>;
  readonly kills: Map<string, number>;
}

const clockOffMs = 600_000;
const freezeMs: readonly [number, number] = [100, 40_000];

/** No machines yet. */
export function createMachines(options: {
  readonly turns: Turns;
  readonly outside: Actor;
  readonly faults: Faults;
  readonly random: Random;
  readonly queued: (database: MemoryDatabase) => void;
}): Machines {
  const { turns, outside, faults, random, queued } = options;
  const running = new Map<number, ProcessHandle & { readonly end: (by: string) => void }>();
  const reached = new Map<CrashPoint, number>();
  const kills = new Map<string, number>();
  const requests = new Set<string>();
  const nowMs = (): number => turns.nowMs;

  const victim = () => {
    const living = [...running.values()];
    return living.length === 0 ? null : living[random.between(0, living.length - 1)];
  };

  function boot({ name, database, start, restartMs = [10, 3_000] }: MachineOptions): Machine {
    let life = 0;
    let present: ProcessHandle | null = null;

    const end = (handle: ProcessHandle, by: string): void => {
      if (present !== handle) return;
      present = null;
      running.delete(handle.actor.number);
      kills.set(by, (kills.get(by) ?? 0) + 1);
      turns.trace.note(`${name} is killed: ${by}`);
      handle.die();
      outside.after(random.between(...restartMs), begin);
    };
    const begin = (): void => {
      life += 1;
      const handle = createProcess({
        ...{ actor: turns.actor(`${name}#${life}`), life, database, nowMs, faults, outside },
        random: random.fork(`${name} ${life}`),
        clockOffMs: faults.strikes('clock wrong') ? random.between(-clockOffMs, clockOffMs) : 0,
        queued: () => queued(database),
        failed: (error) => turns.fail(error),
      });
      present = handle;
      running.set(handle.actor.number, { ...handle, end: (by) => end(handle, by) });
      turns.trace.note(`${handle.actor.name} starts`);
      handle.actor.enter(() => start(handle.process));
    };
    begin();

    return {
      name,
      get process() {
        return present?.process ?? null;
      },
      async ask(label, work) {
        const request = `${label} at ${name}`;
        requests.add(request);
        await outside.turn();
        const handle = present;
        const answer = handle === null || faults.strikes('request lost') ? lost : await answerOf(handle.process, work);
        await outside.turn();
        requests.delete(request);
        return faults.strikes('request unanswered') ? lost : answer;
      },
      kill() {
        if (present !== null) end(present, 'anywhere');
      },
    };
  }

  return {
    boot,
    beforeTurn() {
      if (faults.healed || running.size === 0) return;
      if (faults.strikes('kill')) victim()?.end('anywhere');
      if (faults.strikes('freeze')) {
        const frozen = victim();
        const milliseconds = Math.round(freezeMs[0] * (freezeMs[1] / freezeMs[0]) ** random.next());
        turns.trace.note(`${frozen?.actor.name ?? ''} stands still for ${milliseconds} ms`);
        frozen?.freeze(milliseconds);
      }
      if (faults.strikes('cut')) {
        const cutOff = victim();
        turns.trace.note(`${cutOff?.actor.name ?? ''} loses its connections`);
        cutOff?.cut();
      }
      if (faults.strikes('clock jump')) victim()?.jump(random.between(-clockOffMs, clockOffMs));
    },
    reach(point) {
      const here = turns.current === null ? undefined : running.get(turns.current.number);
      if (here === undefined) return;
      reached.set(point, (reached.get(point) ?? 0) + 1);
      if (faults.strikes('crash') || faults.strikes(`crash ${point}`)) here.end(point);
    },
    wallClockMs() {
      const here = turns.current === null ? undefined : running.get(turns.current.number);
      return here?.process.now().getTime() ?? Math.floor(turns.nowMs);
    },
    waiting() {
      const labels = [...running.values()].map(({ actor, labels: of }) => `${actor.name} (${[...of].join(', ') || 'nothing'})`);
      return [...labels, ...requests].join('; ') || 'nobody';
    },
    reached,
    kills,
  };
}

const lost = { kind: 'lost' } as const;

/** Carries a request out in the turns of the process; whoever asked hears nothing of what is done after its death. */
function answerOf<Result>(process: RunningProcess, work: (process: RunningProcess) => Promise<Result>): Promise<Answer<Result>> {
  return new Promise((resolve) => {
    process.onDeath(() => resolve(lost));
    process.enter(() => {
      const answered = work(process).then(
        (value): Answer<Result> => ({ kind: 'answered', value }),
        (error: unknown): Answer<Result> => ({ kind: 'failed', error }),
      );
      void answered.then(async (answer) => {
        await process.turn();
        resolve(answer);
      });
    });
  });
}
