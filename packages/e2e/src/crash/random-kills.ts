import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@tally/kernel';
import type { System } from '../harness/system.ts';
import type { Orchestrator } from './orchestrator.ts';

const [shortestMs, longestMs] = [3_000, 12_000];

/** Kills so many processes by SIGKILL, whichever and whenever the seed says. */
export async function killAtRandom(system: System, orchestrator: Orchestrator, random: Random, count: number): Promise<void> {
  const [first, ...others] = system.processes.map(({ name }) => name);
  if (first === undefined) return;
  for (let done = 0; done < count;) {
    await pause(random.between(shortestMs, longestMs));
    if (await orchestrator.killAtRandom(random.pick([first, ...others]))) done++;
  }
}
