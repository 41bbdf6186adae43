import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Debugger } from './debugger.ts';

const lookEveryMs = 250;
const looks = 24;
const steady = 0.002;

/** Resident memory of a process in bytes. */
export async function readRss(pid: number): Promise<number> {
  const text = await readFile(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
  return Number(/^Rss:\s+(\d+) kB/m.exec(text)?.[1]) * 1024;
}

/** Resident memory without garbage, once the process has given back what it gives back. */
export const restingRss = (pid: number, inspector: Debugger): Promise<number> => resting(inspector, () => readRss(pid));

/** The heap without garbage, once nothing more of it becomes garbage. */
export const restingHeap = (inspector: Debugger): Promise<number> => resting(inspector, () => inspector.heapBytes());

async function resting(inspector: Debugger, read: () => Promise<number>): Promise<number> {
  let before = Infinity;
  for (let look = 0; look < looks; look++) {
    await inspector.collectGarbage();
    const now = await read();
    if (Math.abs(before - now) < now * steady) return now;
    before = now;
    await pause(lookEveryMs);
  }
  return before;
}
