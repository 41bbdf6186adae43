import { setTimeout as pause } from 'node:timers/promises';
import type { System } from '../harness/system.ts';
import type { Killed, Recovery } from './recovery.ts';

/** Arms processes, kills them, and starts whoever has died again; nothing else is ever done for them. */
export interface Orchestrator {
  /** What was wrong, in words: a process that does not come back. */
  readonly faults: readonly string[];
  /** Makes a process die at a point, starting it anew for that unless it was started so. */
  arm(name: string, point: string): Promise<void>;
  /**
   * Waits until an armed process has killed itself.
   *
   * @param act what leads there, again and again.
   * @returns false: patience ended; it is not armed any more.
   */
  untilFired(name: string, patienceMs: number, act: () => Promise<unknown>): Promise<boolean>;
  /** Starts a process that has killed itself, armed with the next point if there is one. */
  startAgain(name: string, next: string | null): Promise<void>;
  /** SIGKILL, and a start as it was armed. @returns whether it ran. */
  killAtRandom(name: string): Promise<boolean>;
  /** Keeps everybody else's hands off these processes. */
  alone<T>(names: readonly string[], work: () => Promise<T>): Promise<T>;
}

const actEveryMs = 1_000;
/** A process that does not get up is started again, as a container is: on a machine that is busy otherwise the database may not answer in time. */
const mostStarts = 3;

/** @param onStumble told of each start that came to nothing. */
export function createOrchestrator(system: System, recovery: Recovery, onStumble: (name: string, what: string) => void): Orchestrator {
  const faults: string[] = [];
  const armed = new Map<string, string>();
  const turns = new Map<string, Promise<unknown>>();
  const unready: Killed[] = [];

  /** One after the other, per process. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const done = (turns.get(name) ?? Promise.resolve()).then(work);
    turns.set(
      name,
      done.catch(() => undefined),
    );
    return done;
  }

  async function died(name: string, why: string): Promise<void> {
    for (const killed of unready) if (killed.name === name) killed.diedAgain++;
    unready.push(await recovery.died(why, name));
  }

  async function start(name: string, point: string | null): Promise<void> {
    if (point === null) armed.delete(name);
    else armed.set(name, point);
    for (let starts = 1; ; starts++) {
      try {
        await system.start(name, point === null ? undefined : `${point}:1`);
        break;
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        onStumble(name, what);
        if (starts < mostStarts) continue;
        faults.push(what);
        return;
      }
    }
    if (system.pidOf(name) === undefined) return;
    for (const killed of unready.filter((one) => one.name === name)) {
      killed.readyMs = performance.now() - killed.at;
      unready.splice(unready.indexOf(killed), 1);
    }
  }

  return {
    faults,
    arm: (name, point) =>
      inTurn(name, async () => {
        if (armed.get(name) === point) return;
        await system.stop(name);
        await start(name, point);
      }),
    async untilFired(name, patienceMs, act) {
      const deadline = performance.now() + patienceMs;
      while (performance.now() < deadline) {
        if (system.pidOf(name) === undefined) {
          // Somebody who was killed at random is started again by who did it, in turn.
          const fired = await inTurn(name, async () => {
            if (system.pidOf(name) !== undefined) return false;
            await died(name, armed.get(name) ?? 'nothing');
            return true;
          });
          if (fired) return true;
        }
        await Promise.race([system.ended(name), Promise.all([act().catch(() => undefined), pause(actEveryMs)])]);
      }
      await inTurn(name, async () => {
        await system.stop(name);
        await start(name, null);
      });
      return false;
    },
    startAgain: (name, next) => inTurn(name, () => start(name, next)),
    killAtRandom: (name) =>
      inTurn(name, async () => {
        if (system.pidOf(name) === undefined) return false;
        await system.kill(name);
        await died(name, 'at random');
        await start(name, armed.get(name) ?? null);
        return true;
      }),
    async alone(names, work) {
      const [first, ...others] = names;
      return first === undefined ? await work() : await inTurn(first, () => this.alone(others, work));
    },
  };
}
