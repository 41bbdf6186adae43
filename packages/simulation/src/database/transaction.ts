import type { Table } from './table.ts';

/**
 * An open READ COMMITTED transaction. A store writes each SQL statement it stands for as one block: `await statement()`, then reads, locks and writes.
 * What is read before a lock is waited for is as of the beginning of the statement, and what `lock` returns is as of now: the same difference that an
 * UPDATE of PostgreSQL makes.
 *
 * Every method throws {MemoryDatabaseError}: 57P01 when the connection was terminated, 25P02 after an earlier error of this transaction; those that wait
 * throw 55P03 after the lock timeout.
 */
export interface Transaction {
  /** Begins a statement: the scheduler may let anybody else go first. */
  statement(): Promise<void>;
  /** When the transaction began, as `now()`. */
  readonly startedAt: Date;
  /** When the statement began, as `statement_timestamp()`. */
  readonly statementAt: Date;
  /** A row as this transaction sees it: its own version, or the committed one. */
  read<Row>(table: Table<Row>, key: string): Row | undefined;
  /** All rows, in no order that means anything. */
  rows<Row>(table: Table<Row>): readonly Row[];
  /** Rows by an index or a unique key of the table. */
  rowsBy<Row>(table: Table<Row>, index: string, value: string): readonly Row[];
  /**
   * Locks a row until the transaction ends, and gives its newest version. A row that is not there, or only in a transaction that is still open, is not
   * locked and not waited for: there is nothing that `FOR UPDATE` or an UPDATE would find. What may not be there yet begins with `insert`.
   *
   * @throws 40P01.
   */
  lock<Row>(table: Table<Row>, key: string): Promise<Row | undefined>;
  /** As `FOR UPDATE SKIP LOCKED`: `null` when somebody else holds it. */
  tryLock<Row>(table: Table<Row>, key: string): { readonly row: Row | undefined } | null;
  /** Runs some steps under another `lock_timeout` of so many milliseconds, as `SET LOCAL` does. @throws what `steps` throws. */
  waitingAtMost<Result>(milliseconds: number, steps: () => Promise<Result>): Promise<Result>;
  /** An advisory lock until the transaction ends. @throws 40P01. */
  advisory(name: string): Promise<void>;
  /** As `INSERT … ON CONFLICT DO NOTHING`: waits for whoever has the same key open. @returns whether it was inserted. @throws 40P01, 23514. */
  insert<Row>(table: Table<Row>, row: Row): Promise<boolean>;
  /** As a bare `INSERT`. @throws 23505, 40P01, 23514. */
  insertNew<Row>(table: Table<Row>, row: Row): Promise<void>;
  /** Another version of a row that this transaction has locked or inserted. @throws {Error} it has not: a bug of the store. @throws 23505, 23514. */
  put<Row>(table: Table<Row>, row: Row): void;
  /** Deletes a row that this transaction has locked or inserted. @throws {Error} it has not: a bug of the store. */
  remove<Row>(table: Table<Row>, key: string): void;
  /** The next number of a sequence, from 1; as in PostgreSQL a rollback does not take it back. */
  nextNumber(sequence: string): number;
}
