import type { FollowedPurchase } from '../harness/good-client.ts';

/** What is done to the system while buyers go on. */
export type PhaseName = 'calm' | 'kafka stopped' | 'kafka killed' | 'redis' | 'restarts' | 'end';

/** A part of the run. Times in milliseconds of `performance.now()`. */
export interface Phase {
  readonly name: PhaseName;
  readonly from: number;
  until: number;
}

/** A process that was asked to stop and was not there until it was ready again. */
export interface Absence {
  readonly name: string;
  readonly app: string;
  /** SIGTERM. */
  readonly from: number;
  /** It had ended. */
  readonly goneAt: number;
  /** It was ready again. */
  readonly until: number;
  readonly code: number | null;
}

/** A purchase, and what was being done when it began. */
export interface PhasedPurchase extends FollowedPurchase {
  readonly phase: PhaseName;
}

/** When what was done to whom. */
export interface Timeline {
  readonly phases: readonly Phase[];
  readonly absences: readonly Absence[];
  readonly now: () => PhaseName;
  enter(name: PhaseName): void;
  /** The process that is away at this moment. */
  away: { readonly name: string; readonly from: number } | null;
  returned(absence: Absence): void;
  /** When the backlog of an outage was worked off. */
  readonly catchUps: { readonly from: number; readonly until: number }[];
  close(): void;
}

export function createTimeline(): Timeline {
  const phases: Phase[] = [];
  const absences: Absence[] = [];
  const close = (): void => {
    const last = phases.at(-1);
    if (last !== undefined) last.until = performance.now();
  };
  return {
    phases,
    absences,
    catchUps: [],
    away: null,
    now: () => phases.at(-1)?.name ?? 'calm',
    enter(name) {
      close();
      phases.push({ name, from: performance.now(), until: Infinity });
    },
    returned: (absence) => absences.push(absence),
    close,
  };
}
