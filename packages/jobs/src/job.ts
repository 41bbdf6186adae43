import type { ProviderAccount } from '@tally/audit';
import type { Sql } from '@tally/messaging';

/** The databases of the subgraphs. Each is reached as its own app role. */
export const databases = ['products', 'orders', 'payments', 'users', 'notifications'] as const;

/** One of them. */
export type Database = (typeof databases)[number];

/** What a batch may look at besides its own database. */
export interface Surroundings {
  /** Another subgraph's database, outside of the batch's transaction; `null`: its URL was not given. */
  elsewhere(database: Database): Sql | null;
  /** What the provider's own books say about orders, by id; `null`: nobody gave them. */
  readonly provider: ((orders: readonly string[]) => Promise<ReadonlyMap<string, ProviderAccount>>) | null;
  /** How far back to look, in milliseconds. */
  readonly windowMs: number;
  /** Only look: the transaction takes no write. */
  readonly dryRun: boolean;
}

/** What a batch came to. */
export interface Batch {
  /** Where the next one goes on; `null`: this part is over. */
  readonly cursor: string | null;
  /** What was done or found, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** One sentence per difference, with the id it is about. */
  readonly findings: readonly string[];
}

/** One piece of a job, in one database. */
export interface JobPart {
  readonly database: Database;
  /** Unique within the job. */
  readonly name: string;
  /**
   * The next few things. What others have to say is asked first, outside of any transaction; what it gives back then runs in a transaction of the part's
   * database, and may run again for the same cursor, whole or not at all, so that the same end is reached however often the process dies.
   *
   * @param cursor where the last one ended; `null`: at the beginning.
   */
  batch(cursor: string | null, around: Surroundings): Promise<Step>;
}

/** The part of a batch that needs the transaction. */
export type Step = (sql: Sql) => Promise<Batch>;

/** Something that runs by the clock and ends. */
export interface Job {
  readonly name: 'reconcile-orders' | 'sync-inventory' | 'expire-carts' | 'clean-outbox';
  /** One line for the terminal. */
  readonly does: string;
  readonly parts: readonly JobPart[];
}

/**
 * A part that removes what is old, a batch per transaction. A dry run counts it instead.
 *
 * @param remove removes at most `$1` rows.
 * @param count says how many there are, as `total`.
 */
export function removing(part: Pick<JobPart, 'database' | 'name'>, counted: string, remove: string, count: string): JobPart {
  return {
    ...part,
    batch: (_, { dryRun }) =>
      Promise.resolve(async (sql) => {
        if (dryRun) {
          const [row] = await sql.rows<{ total: number }>(count);
          return { cursor: null, counts: { [counted]: row?.total ?? 0 }, findings: [] };
        }
        const removed = await sql.count(remove, [removalBatch]);
        return { cursor: removed === removalBatch ? 'more' : null, counts: { [counted]: removed }, findings: [] };
      }),
  };
}

/** Rows that one transaction removes: short enough that nobody waits for it. */
const removalBatch = 500;
