import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@tally/kernel';
import type { Crew, Part } from './crew.ts';

/** Between two kills, in milliseconds. */
const [shortestMs, longestMs] = [1_000, 3_000];

/** Whom it hits, by weight. */
const targets: readonly [Part, ...Part[]] = [
  'member',
  'member',
  'member',
  'member',
  'member',
  'member',
  'relay',
  'relay',
  'relay',
  'relay',
  'writer',
];

/** Kills somebody who is at work every one to three seconds until there is nothing left to interrupt. */
export async function killAtRandom(crew: Crew, random: Random, over: () => boolean): Promise<void> {
  for (;;) {
    const overAt = performance.now() + random.between(shortestMs, longestMs);
    while (performance.now() < overAt) {
      if (over()) return;
      await pause(50);
    }
    const [first, ...others] = crew.atWork(random.pick(targets));
    if (first !== undefined) crew.kill(random.pick([first, ...others]));
  }
}
