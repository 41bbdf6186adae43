import type { FaultProxy, Sql } from '@tally/testkit';
import type { KafkaSystem } from '../harness/processes-kafka.ts';
import type { ProcessesSystem } from '../harness/processes.ts';
import type { Witness } from '../harness/witness.ts';
import type { Counter } from './counter.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Traffic } from './traffic.ts';

/** What a fault plays on. */
export interface Stage {
  readonly system: ProcessesSystem;
  /** `null`: the log is in PostgreSQL and nothing is shared. */
  readonly kafka: KafkaSystem | null;
  /** In front of Redis. */
  readonly redisProxy: FaultProxy | null;
  readonly postgres: PostgresServer;
  readonly counter: Counter<'tok_ok'>;
  readonly traffic: Traffic;
  readonly witness: Witness;
  /** As the auditor. */
  readonly sql: Sql;
  /** Variables that processes get at their next start, by name. */
  readonly variables: Map<string, Readonly<Record<string, string>>>;
  /** Processes that are stopped on purpose. */
  readonly excused: Set<string>;
  readonly quick: boolean;
  readonly say: (line: string) => void;
  readonly fail: (fault: string) => void;
  /** What is worth a line of the table. */
  readonly note: (what: string) => void;
  /** Tokens of people who never buy, another one at each call. */
  readonly bystander: () => Promise<string>;
}

/** How the people who come meanwhile must fare. */
export type Expectation =
  /** Everybody is served. */
  | 'served'
  /** Who is not served is told to ask again, by a code that says so. */
  | 'told';

/** One line of the fault table in docs/reliability.md. */
export interface Line {
  readonly id: string;
  readonly title: string;
  readonly needs: 'kafka' | 'any';
  readonly expects: Expectation;
  /** Breaks something, mends it, and says what was wrong beside what everybody felt. Each phase begins with the id. */
  play(stage: Stage): Promise<void>;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
