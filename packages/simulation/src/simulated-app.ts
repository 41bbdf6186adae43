import type { TopicFacts } from '@tally/events';
import type { Handlers } from '@tally/messaging';
import type { MemoryDatabase, Session } from './database/memory-database.ts';

/** One process of an app: dies as a whole, and is started again on the same database. */
export interface SimulatedProcess {
  /** Of the app, outlives the process. */
  readonly database: MemoryDatabase;
  /** The connections of this process. */
  readonly session: Session;
  /** The clock of this process, which may be wrong. Database time is `database.now()`. */
  readonly now: () => Date;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** 0 up to 1, seeded. */
  readonly random: () => number;
  /** Somebody else's turn: awaited wherever the process waits for the world outside its database. Never resolves in a dead process. */
  readonly turn: () => Promise<void>;
  /** Told after each commit that put events into the outbox, as the relay is in production. */
  readonly queued?: () => void;
}

/** A consumer group of an app, with the handlers that it has in production. */
export interface SimulatedConsumer {
  readonly group: string;
  readonly topics: readonly TopicFacts[];
  readonly handlers: Handlers;
}

/** What one process of an app does, as far as a simulation drives it. The use cases are those of production; only the ports are in memory. */
export interface SimulatedApp {
  /** Also the name of its outbox. */
  readonly name: string;
  readonly consumers: readonly SimulatedConsumer[];
  /**
   * What the app does by itself, by name: each call is one look, as its worker or timer takes it.
   *
   * @returns whether there was anything to do.
   */
  readonly jobs: Readonly<Record<string, () => Promise<boolean>>>;
}
