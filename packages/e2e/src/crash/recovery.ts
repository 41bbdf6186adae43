import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@tally/testkit';
import type { Witness } from '../harness/witness.ts';

/** A process that was killed, and how the system came back. Times in milliseconds. */
export interface Killed {
  /** The crash point, or `random`. */
  readonly why: string;
  readonly name: string;
  /** Of `performance.now()`. */
  readonly at: number;
  /** Orders that were accepted and had not ended. */
  readonly underWay: number;
  /** From the kill until it was ready again; `null`: not yet. */
  readyMs: number | null;
  /** How often it died again before it was ready: it had been armed with another point that lay on its way. */
  diedAgain: number;
  /** From the kill until those orders had ended, whoever else was killed meanwhile; `null`: not yet. */
  recoveredMs: number | null;
}

/** Watches what becomes of the orders that were under way at each kill. */
export interface Recovery extends AsyncDisposable {
  readonly kills: readonly Killed[];
  /** To be called at once when a process has died. */
  died(why: string, name: string): Promise<Killed>;
  /** How long ago the oldest death was that is not recovered from, in milliseconds; 0: there is none. */
  openMs(): number;
  /** Waits until the last death of a process is recovered from, at most until so many milliseconds after it. */
  breath(name: string, mostMs: number): Promise<void>;
}

const everyMs = 200;

/** @param onRecovered told of each kill when its process is ready and its orders have ended. */
export function watchRecovery(witness: Witness, onRecovered: (killed: Killed) => void): Recovery {
  const kills: Killed[] = [];
  const waiting = new Map<Killed, Set<string>>();
  let stopped = false;

  async function look(): Promise<void> {
    if (waiting.size === 0) return;
    const open = new Set(await witness.underWay());
    const now = performance.now();
    for (const [killed, orders] of waiting) {
      for (const id of orders) if (!open.has(id)) orders.delete(id);
      if (orders.size === 0) killed.recoveredMs ??= now - killed.at;
      if (killed.recoveredMs === null || killed.readyMs === null) continue;
      waiting.delete(killed);
      onRecovered(killed);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      // PostgreSQL is there even when nothing else is; a statement that is lost is asked again.
      await look().catch(() => undefined);
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    kills,
    async died(why, name) {
      const at = performance.now();
      // A machine that is busy otherwise may not take a connection in time.
      const orders = new Set(await eventually(() => witness.underWay(), { timeoutMs: 30_000 }));
      const killed: Killed = { why, name, at, underWay: orders.size, readyMs: null, diedAgain: 0, recoveredMs: null };
      kills.push(killed);
      waiting.set(killed, orders);
      return killed;
    },
    openMs() {
      const oldest = kills.find(({ recoveredMs }) => recoveredMs === null);
      return oldest === undefined ? 0 : performance.now() - oldest.at;
    },
    async breath(name, mostMs) {
      const last = kills.findLast((killed) => killed.name === name);
      while (last?.recoveredMs === null && performance.now() - last.at < mostMs) await pause(everyMs);
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      await running;
    },
  };
}
