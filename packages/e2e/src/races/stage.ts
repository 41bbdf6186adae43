import type { SimulatorAdmin } from '@tally/payment-simulator';
import type { Sql } from '@tally/testkit';
import type { Staff } from '../client/staff.ts';
import type { History } from '../harness/history.ts';
import type { ProcessesSystem } from '../harness/processes.ts';
import type { Random } from '@tally/kernel';
import type { Witness } from '../harness/witness.ts';
import type { Buyers } from './buyers.ts';
import type { StockWatch } from './stock-watch.ts';

/** How much of everything. */
export interface Scale {
  /** Buyers who come, the units they come for, and within how many milliseconds they come. */
  readonly crowds: readonly { readonly buyers: number; readonly units: number; readonly withinMs: number }[];
  /** Double clicks: how often, and how many clicks at once. */
  readonly rounds: number;
  readonly clicks: number;
  /** Rounds of other requests with one key. */
  readonly repeats: number;
  /** Orders of each of the named races. */
  readonly orders: number;
}

export const scales = {
  full: {
    crowds: [
      { buyers: 500, units: 50, withinMs: 5_000 },
      { buyers: 1_000, units: 10, withinMs: 8_000 },
    ],
    rounds: 20,
    clicks: 50,
    repeats: 5,
    orders: 40,
  },
  quick: {
    crowds: [
      { buyers: 100, units: 20, withinMs: 2_000 },
      { buyers: 120, units: 5, withinMs: 2_000 },
    ],
    rounds: 4,
    clicks: 50,
    repeats: 2,
    orders: 12,
  },
} as const satisfies Readonly<Record<string, Scale>>;

/** What every race is run on. */
export interface Stage {
  readonly system: ProcessesSystem;
  /** As the auditor. */
  readonly sql: Sql;
  readonly simulator: SimulatorAdmin;
  /** Looks at every stock row all the time. */
  readonly stock: StockWatch;
  readonly witness: Witness;
  readonly staff: Staff;
  readonly buyers: Buyers;
  /** Gets every order that a client was told of. */
  readonly history: History;
  readonly random: Random;
  readonly scale: Scale;
  readonly say: (line: string) => void;
}

/** What a race came to. */
export interface Result {
  readonly title: string;
  /** What happened, in numbers, a line each. */
  readonly figures: readonly string[];
  /** What must not be, in words; empty: it holds. */
  readonly faults: readonly string[];
}

export type Race = (stage: Stage) => Promise<Result>;

/** Milliseconds after which every order that was accepted must have ended; includes a provider that is asked only after pauses. */
export const endsWithinMs = 90_000;
