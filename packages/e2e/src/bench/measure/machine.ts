import { readFile } from 'node:fs/promises';

/** What the whole machine has spent so far, over all its processors, in milliseconds. */
export interface MachineTimes {
  readonly busyMs: number;
  readonly allMs: number;
}

const msPerTick = 10;

export async function readMachine(): Promise<MachineTimes> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const allMs = ticks.reduce((sum, count) => sum + count, 0) * msPerTick;
  return { allMs, busyMs: allMs - ((ticks[3] ?? 0) + (ticks[4] ?? 0)) * msPerTick };
}

/**
 * The share of the machine that others took between two readings, 0 to 1.
 *
 * @param ownMs what the measured processes and the bench itself spent meanwhile.
 */
export function takenByOthers(before: MachineTimes, after: MachineTimes, ownMs: number): number {
  const share = (after.busyMs - before.busyMs - ownMs) / (after.allMs - before.allMs);
  return Math.min(1, Math.max(0, share));
}
