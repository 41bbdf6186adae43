import { smaller, type Schedule } from './schedule.ts';

/** What a run of a schedule showed. */
export interface Shown {
  /** Names the failure, so that two runs can be seen to fail alike, for example the ids of the invariants; `null`: it held. */
  readonly failure: string | null;
  readonly turns: number;
  /** How often each kind of fault struck. */
  readonly struck: Readonly<Record<string, number>>;
}

/** A schedule that fails, and how. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly shown: Shown;
  /** Runs that it took. */
  readonly tries: number;
}

/**
 * Finds a smaller schedule that fails alike: less work, fewer faults, earlier peace. Greedy: whatever still fails is where it goes on from.
 *
 * @param options.mostTries runs at most; default 200.
 * @throws {RangeError} the schedule does not fail.
 */
export async function shrink(options: {
  readonly schedule: Schedule;
  readonly run: (schedule: Schedule) => Promise<Shown>;
  readonly mostTries?: number;
}): Promise<Shrunk> {
  const { schedule, run, mostTries = 200 } = options;
  const first = await run(schedule);
  const { failure } = first;
  if (failure === null) throw new RangeError('a schedule that holds cannot be shrunk');
  let best: Shrunk = { schedule, shown: first, tries: 1 };

  const attempt = async (candidate: Schedule): Promise<boolean> => {
    const shown = await run(candidate);
    const tries = best.tries + 1;
    const isAlike = shown.failure === failure;
    best = isAlike ? { schedule: candidate, shown, tries } : { ...best, tries };
    return isAlike;
  };

  // What never struck is left out, and what struck is bounded by how often it did: the same history, said in fewer words.
  await attempt({ ...schedule, faults: first.struck, faultyTurns: first.turns });
  for (let found = true; found;) {
    found = false;
    for (const candidate of smaller(best.schedule)) {
      if (best.tries >= mostTries) return best;
      if (await attempt(candidate)) {
        found = true;
        break;
      }
    }
  }
  return best;
}
