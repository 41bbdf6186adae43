import { terminated } from './errors.ts';
import { isHeldByOther, release, take, type Holder, type LockSpace } from './locks.ts';
import { OpenTransaction, type Storage, type Timer, type WaitPolicy } from './open-transaction.ts';
import { StoredRows } from './stored-rows.ts';
import type { Table } from './table.ts';
import type { Transaction } from './transaction.ts';

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
  /** What ends waits for locks that take too long. Default: nothing does. */
  readonly timer?: Timer;
  /** Longest wait for a lock, in milliseconds of `timer`. Default: 2,000, as the roles of the platform have it. */
  readonly lockTimeoutMs?: number;
  /** Whether there are connections again after they broke, as with a pool. Default: yes. */
  readonly reconnects?: boolean;
}

/** The connections of one process. */
export interface Session {
  /**
   * Runs work in one transaction: all of it becomes visible at once, or, when it throws, nothing. Repeats nothing by itself.
   *
   * @throws what the work threw; {MemoryDatabaseError} 57P01 when the connection broke, also although the commit is done.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** As `pg_try_advisory_lock`: held until the connections break. @returns whether this session holds it now. */
  tryAdvisory(name: string): boolean;
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
const usualLockTimeoutMs = 2_000;

/** @param options.now the time of the database; default: the system's. */
export function createMemoryDatabase(options: { readonly now?: () => Date } = {}): MemoryDatabase {
  const now = options.now ?? (() => new Date());
  const tables = new Map<string, StoredRows<unknown>>();
  const numbers = new Map<string, number>();
  const sessionLocks: LockSpace = new Map();
  const storage: Storage = {
    advisoryLocks: new Map(),
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
    session(sessionOptions = {}) {
      const { turn = atOnce, waitPolicy = waits, commitFate = isDone, timer = null, reconnects = true } = sessionOptions;
      const settings = { turn, waitPolicy, timer, lockTimeoutMs: sessionOptions.lockTimeoutMs ?? usualLockTimeoutMs };
      let broken = false;
      const open = new Set<OpenTransaction>();
      const itself: Holder = { held: new Set(), waitsFor: null };
      return {
        async transaction(work) {
          if (broken) throw terminated();
          const transaction = new OpenTransaction(storage, settings);
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
        tryAdvisory(name) {
          if (broken || isHeldByOther(sessionLocks, name, itself)) return false;
          void take(sessionLocks, name, itself);
          return true;
        },
        terminate() {
          broken = !reconnects;
          for (const transaction of open) transaction.rollBack('terminated');
          for (const lock of itself.held) release(lock, itself);
        },
      };
    },
    committed: (table) => storage.stored(table).all(),
    now,
  };
}
