import type { Random } from '@tally/kernel';

/** What the parts of this package do wrong when they are told to; whoever builds a world on them may add kinds. */
export const usualFaults = {
  /** A process dies between two turns; per turn. */
  kill: 0.000_2,
  /** A process dies at a crash point that it reaches; per crash point. */
  crash: 0.005,
  /** A process stands still for 0.1 to 40 s, as after SIGSTOP, and goes on; per turn. */
  freeze: 0.000_02,
  /** All database connections of a process break; per turn. */
  cut: 0.000_1,
  /** A process starts with a clock that is wrong by up to ten minutes; per start. */
  'clock wrong': 0.5,
  /** The clock of a process jumps by up to ten minutes; per turn. */
  'clock jump': 0.000_05,
  /** The connection breaks before a commit; per commit. */
  'commit lost': 0.002,
  /** The connection breaks after a commit, before its answer; per commit. */
  'commit unanswered': 0.002,
  /** A lock is not had in time; per wait. */
  'lock timeout': 0.01,
  /** A request never arrives; per request. */
  'request lost': 0.002,
  /** A request is carried out and its answer lost; per request. */
  'request unanswered': 0.01,
  /** The log stores nothing and says nothing; per append. */
  'append lost': 0.01,
  /** The log stores everything, and the reply is lost; per append. */
  'append unanswered': 0.02,
  /** The log stores some partitions of a batch, and the reply is lost; per append. */
  'append partial': 0.01,
  /** The log stores a batch only after its writer has given up; per append. */
  'append late': 0.01,
  /** The log takes and gives nothing for 0.1 to 10 s; per append. */
  'log away': 0.002,
  /** Records come late by up to 3 s; per delivery. */
  'delivery late': 0.02,
  /** Records are delivered again from up to 20 before; per delivery. */
  'delivery repeated': 0.02,
  /** A position is not written; per write. */
  'position lost': 0.02,
  /** The partitions of a group are given out anew; per delivery. */
  rebalance: 0.005,
} as const;

/** A kind of fault of this package. */
export type UsualFault = keyof typeof usualFaults;

/** Decides where things go wrong. */
export interface Faults {
  /** Whether it goes wrong here and now; counted where it does. A kind without a rate never happens. */
  strikes(kind: string): boolean;
  /** How often each kind has struck. */
  readonly struck: ReadonlyMap<string, number>;
  /** From now on nothing goes wrong. */
  heal(): void;
  readonly healed: boolean;
}

/**
 * Faults by chance, each kind with a stream of its own, so that leaving one out does not move the draws of the others.
 *
 * @param options.rates probability per opportunity, by kind.
 * @param options.most how often each kind strikes at most; a kind that is missing in it never does. Default: no limit.
 */
export function createFaults(options: {
  readonly random: Random;
  readonly rates: Readonly<Record<string, number>>;
  readonly most?: Readonly<Record<string, number>>;
}): Faults {
  const { random, rates, most } = options;
  const struck = new Map<string, number>();
  const kinds = new Map<string, { readonly chance: Random; readonly rate: number; left: number; ahead: number }>();
  for (const [kind, rate] of Object.entries(rates)) {
    const left = most === undefined ? Infinity : (most[kind] ?? 0);
    const chance = random.fork(`fault ${kind}`);
    if (rate > 0 && left > 0) kinds.set(kind, { chance, rate, left, ahead: opportunitiesUntil(chance, rate) });
  }
  let healed = false;
  return {
    strikes(kind) {
      const found = healed ? undefined : kinds.get(kind);
      if (found === undefined || (found.ahead -= 1) > 0) return false;
      found.ahead = opportunitiesUntil(found.chance, found.rate);
      found.left -= 1;
      if (found.left <= 0) kinds.delete(kind);
      struck.set(kind, (struck.get(kind) ?? 0) + 1);
      return true;
    },
    struck,
    heal() {
      healed = true;
    },
    get healed() {
      return healed;
    },
  };
}

/** Draws how many opportunities there are up to the next strike: the same as drawing at each of them, at a fraction of the cost. */
const opportunitiesUntil = (chance: Random, rate: number): number =>
  rate >= 1 ? 1 : 1 + Math.floor(Math.log(1 - chance.next()) / Math.log(1 - rate));

/** Nothing ever goes wrong. */
export const noFaults = (): Faults => ({ strikes: () => false, struck: new Map(), heal: () => undefined, healed: true });
