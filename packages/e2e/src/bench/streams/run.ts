import type { Churned } from './rounds/churn.ts';
import type { FanOut } from './rounds/fan-out.ts';
import type { MemoryStep } from './rounds/memory.ts';
import type { Steady } from './rounds/steady.ts';

/** What the gateway came to, and the bare server beside it. */
export interface Compared<T> {
  readonly gateway: T;
  readonly control: T;
}

/** All that a run measured; medians of rounds. */
export interface StreamsRun {
  readonly memory: readonly (Compared<readonly MemoryStep[]> & { readonly title: string })[];
  readonly fanOut: readonly (Compared<FanOut> & { readonly subscribers: number })[];
  readonly steady: Compared<Steady> & { readonly perSecond: number };
  readonly churned: Churned;
  /** Replays that were asked for while everybody was up to date. */
  readonly liveReplays: number;
}
