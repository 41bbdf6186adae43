import { terminated } from './errors.ts';
import { Locks } from './locks.ts';
import { StoredRows } from './stored-rows.ts';
import type { Table } from './table.ts';
import { OpenTransaction, type Storage, type Transaction, type WaitPolicy } from './transaction.ts';

/** What becomes of a commit: `lost-before` is a connection that broke before it, `lost-after` one that broke before its answer. */
export type CommitFate = 'done' | 'lost-before' | 'lost-after';

/** How one process talks to the database. */
export interface SessionOptions {
  /** Awaited at every statement, after every wait, before and after every commit. Where it never resolves, the process is dead. Default: at once. */
  readonly turn?: () => Promise<void>;
  /** Asked when a lock has to be waited for. Default: `wait`. */
  readonly waitPolicy?: WaitPolicy;
  /** Asked at every commit. Default: `done`. */
  readonly commitFate?: () => CommitFate;
}

/** The connections of one process. */
export interface Session {
  /**
   * Runs work in one transaction: all of it becomes visible at once, or, when it throws, nothing. Repeats nothing by itself.
   *
   * @throws what the work threw; {MemoryDatabaseError} 57P01 when the connection broke, also although the commit is done.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** Breaks every open connection: what is open is rolled back, its next statement throws 57P01. As `pg_terminate_backend`, or the death of the process. */
  terminate(): void;
}

/** Tables in memory with row locks and READ COMMITTED transactions. Deterministic: nothing in it asks a clock or chance. */
export interface MemoryDatabase {
  session(options?: SessionOptions): Session;
  /** Committed rows, for whoever looks from outside. */
  committed<Row>(table: Table<Row>): readonly Row[];
  /** The time of the database. */
  now(): Date;
}

const atOnce = (): Promise<void> => Promise.resolve();
const waits: WaitPolicy = () => 'wait';
const isDone = (): CommitFate => 'done';

/** @param options.now the time of the database; default: the system's. */
export function createMemoryDatabase(options: { readonly now?: () => Date } = {}): MemoryDatabase {
  const now = options.now ?? (() => new Date());
  const tables = new Map<string, StoredRows<unknown>>();
  const numbers = new Map<string, number>();
  const storage: Storage = {
    locks: new Locks(),
    now,
    stored<Row>(table: Table<Row>) {
      let rows = tables.get(table.name);
      if (rows === undefined) tables.set(table.name, (rows = new StoredRows(table) as unknown as StoredRows<unknown>));
      return rows as unknown as StoredRows<Row>;
    },
    nextNumber(sequence) {
      const next = (numbers.get(sequence) ?? 0) + 1;
      numbers.set(sequence, next);
      return next;
    },
  };

  return {
    session({ turn = atOnce, waitPolicy = waits, commitFate = isDone } = {}) {
      const open = new Set<OpenTransaction>();
      return {
        async transaction(work) {
          const transaction = new OpenTransaction(storage, turn, waitPolicy);
          open.add(transaction);
          try {
            const result = await work(transaction);
            await turn();
            const fate = commitFate();
            if (fate === 'lost-before') throw terminated();
            transaction.commit();
            await turn();
            if (fate === 'lost-after') throw terminated();
            return result;
          } finally {
            open.delete(transaction);
            transaction.rollBack();
          }
        },
        terminate() {
          for (const transaction of open) transaction.rollBack('terminated');
        },
      };
    },
    committed: (table) => [...storage.stored(table).all()],
    now,
  };
}
