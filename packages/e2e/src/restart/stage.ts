import type { Sql } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import type { Audience } from './audience.ts';
import type { Counts } from './counts.ts';
import type { Load } from './load.ts';
import type { PriceWatch } from './prices.ts';
import type { KafkaSystem } from '../harness/processes-kafka.ts';
import type { Timeline } from './timeline.ts';

/** Durations in milliseconds. */
export interface Pace {
  readonly calmMs: number;
  readonly kafkaAwayMs: number;
  readonly redisAwayMs: number;
  /** Between two restarts, and after an outage. */
  readonly breathMs: number;
}

export const paces = {
  full: { calmMs: 8_000, kafkaAwayMs: 30_000, redisAwayMs: 15_000, breathMs: 1_000 },
  /** For development: too short to show anything about time-outs. */
  quick: { calmMs: 4_000, kafkaAwayMs: 8_000, redisAwayMs: 5_000, breathMs: 300 },
} as const satisfies Readonly<Record<string, Pace>>;

/** What every phase plays on. */
export interface Stage {
  readonly system: KafkaSystem;
  readonly graphs: readonly [Graph, Graph];
  readonly timeline: Timeline;
  /** As the auditor. */
  readonly sql: Sql;
  readonly load: Load;
  readonly audience: Audience;
  readonly prices: PriceWatch;
  readonly counts: Counts;
  readonly pace: Pace;
  /** A token of somebody who never buys anything; another one at each call. */
  readonly bystander: () => Promise<string>;
  readonly say: (line: string) => void;
  readonly fail: (fault: string) => void;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
