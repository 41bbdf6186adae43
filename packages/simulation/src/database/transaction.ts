import { checkViolation, inFailedTransaction, lockTimeout, terminated, uniqueViolation } from './errors.ts';
import type { Holder, Locks } from './locks.ts';
import type { StoredRows } from './stored-rows.ts';
import type { Table } from './table.ts';

/**
 * An open READ COMMITTED transaction. A store writes each SQL statement it stands for as one block: `await statement()`, then reads, locks and writes.
 * What is read before a lock is waited for is as of the beginning of the statement, and what `lock` returns is as of now: the same difference that an
 * UPDATE of PostgreSQL makes.
 *
 * Every method throws {MemoryDatabaseError}: 57P01 when the connection was terminated, 25P02 after an earlier error of this transaction.
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
  /** Locks a row until the transaction ends, also one that does not exist, and gives its newest version. @throws 40P01. */
  lock<Row>(table: Table<Row>, key: string): Promise<Row | undefined>;
  /** As `FOR UPDATE SKIP LOCKED`: `null` when somebody else holds it. */
  tryLock<Row>(table: Table<Row>, key: string): { readonly row: Row | undefined } | null;
  /** An advisory lock until the transaction ends. @throws 40P01. */
  advisory(name: string): Promise<void>;
  /** As `INSERT … ON CONFLICT DO NOTHING`: waits for whoever has the same key open. @returns whether it was inserted. @throws 40P01, 23514. */
  insert<Row>(table: Table<Row>, row: Row): Promise<boolean>;
  /** As a bare `INSERT`. @throws 23505, 40P01, 23514. */
  insertNew<Row>(table: Table<Row>, row: Row): Promise<void>;
  /** Another version of a row that this transaction has locked or inserted. @throws {Error} it has not: a bug of the store. @throws 23514. */
  put<Row>(table: Table<Row>, row: Row): void;
  /** Deletes a row that this transaction has locked or inserted. @throws {Error} it has not: a bug of the store. */
  remove<Row>(table: Table<Row>, key: string): void;
  /** The next number of a sequence, from 1; as in PostgreSQL a rollback does not take it back. */
  nextNumber(sequence: string): number;
}

/** What a transaction works on. */
export interface Storage {
  readonly locks: Locks;
  stored<Row>(table: Table<Row>): StoredRows<Row>;
  nextNumber(sequence: string): number;
  now(): Date;
}

/** How a wait for a lock ends early: `timeout` as `lock_timeout` has it. */
export type WaitPolicy = () => 'wait' | 'timeout';

type Overlay = Map<string, unknown>;

export class OpenTransaction implements Transaction, Holder {
  readonly held = new Set<string>();
  waitsFor: string | null = null;
  readonly startedAt: Date;
  statementAt: Date;
  state: 'open' | 'failed' | 'terminated' | 'ended' = 'open';
  readonly #storage: Storage;
  readonly #turn: () => Promise<void>;
  readonly #waitPolicy: WaitPolicy;
  readonly #changes = new Map<Table<unknown>, Overlay>();

  constructor(storage: Storage, turn: () => Promise<void>, waitPolicy: WaitPolicy) {
    this.#storage = storage;
    this.#turn = turn;
    this.#waitPolicy = waitPolicy;
    this.startedAt = storage.now();
    this.statementAt = this.startedAt;
  }

  async statement(): Promise<void> {
    await this.#turn();
    this.#assertUsable();
    this.statementAt = this.#storage.now();
  }

  read<Row>(table: Table<Row>, key: string): Row | undefined {
    this.#assertUsable();
    const changed = this.#changes.get(table as Table<unknown>);
    if (changed?.has(key) === true) return (changed.get(key) as Row | null) ?? undefined;
    return this.#storage.stored(table).get(key);
  }

  rows<Row>(table: Table<Row>): readonly Row[] {
    this.#assertUsable();
    const changed = this.#changes.get(table as Table<unknown>);
    if (changed === undefined) return [...this.#storage.stored(table).all()];
    const committed = [...this.#storage.stored(table).all()].filter((row) => !changed.has(table.key(row)));
    return [...committed, ...this.#own(table)];
  }

  rowsBy<Row>(table: Table<Row>, index: string, value: string): readonly Row[] {
    this.#assertUsable();
    const of = table.indexes?.[index] ?? table.unique?.[index];
    if (of === undefined) throw new RangeError(`${table.name} has no index ${index}`);
    const changed = this.#changes.get(table as Table<unknown>);
    const stored = this.#storage.stored(table);
    const found: Row[] = [];
    for (const key of stored.keysBy(index, value)) {
      const row = changed?.has(key) === true ? undefined : stored.get(key);
      if (row !== undefined) found.push(row);
    }
    return changed === undefined ? found : [...found, ...this.#own(table).filter((row) => of(row) === value)];
  }

  async lock<Row>(table: Table<Row>, key: string): Promise<Row | undefined> {
    await this.#take(lockName(table, 'key', key));
    return this.read(table, key);
  }

  tryLock<Row>(table: Table<Row>, key: string): { readonly row: Row | undefined } | null {
    this.#assertUsable();
    const name = lockName(table, 'key', key);
    if (this.#storage.locks.isHeldByOther(name, this)) return null;
    void this.#storage.locks.take(name, this);
    return { row: this.read(table, key) };
  }

  advisory(name: string): Promise<void> {
    return this.#take(`advisory ${name}`);
  }

  async insert<Row>(table: Table<Row>, row: Row): Promise<boolean> {
    return (await this.#tryInsert(table, row)) === null;
  }

  async insertNew<Row>(table: Table<Row>, row: Row): Promise<void> {
    const conflict = await this.#tryInsert(table, row);
    if (conflict !== null) throw this.#failed(uniqueViolation(table.name, conflict));
  }

  put<Row>(table: Table<Row>, row: Row): void {
    this.#assertUsable();
    const key = table.key(row);
    this.#assertLocked(table, key);
    for (const [check, holds] of Object.entries(table.checks ?? {})) {
      if (!holds(row)) throw this.#failed(checkViolation(table.name, check));
    }
    this.#write(table, key, row);
  }

  remove<Row>(table: Table<Row>, key: string): void {
    this.#assertUsable();
    this.#assertLocked(table, key);
    this.#write(table, key, null);
  }

  nextNumber(sequence: string): number {
    this.#assertUsable();
    return this.#storage.nextNumber(sequence);
  }

  /** Makes everything visible at once and gives the locks back. */
  commit(): void {
    this.#assertUsable();
    for (const [table, changed] of this.#changes) {
      const stored = this.#storage.stored(table);
      for (const [key, row] of changed) stored.set(key, row);
    }
    this.#end('ended');
  }

  /** Forgets everything and gives the locks back; harmless after the end. */
  rollBack(as: 'ended' | 'terminated' = 'ended'): void {
    if (this.state === 'ended' || this.state === 'terminated') return;
    this.#end(as);
  }

  /** @returns the name of the key that is taken, or `null` when the row is in. */
  async #tryInsert<Row>(table: Table<Row>, row: Row): Promise<string | null> {
    const keys: (readonly [string, string])[] = [['key', table.key(row)]];
    for (const [index, of] of Object.entries(table.unique ?? {})) {
      const value = of(row);
      if (value !== null) keys.push([index, value]);
    }
    const before = new Set(this.held);
    for (const [index, value] of keys) {
      await this.#take(lockName(table, index, value));
      const taken = index === 'key' ? this.read(table, value) !== undefined : this.rowsBy(table, index, value).length > 0;
      if (!taken) continue;
      for (const name of [...this.held]) if (!before.has(name)) this.#storage.locks.release(name, this);
      return index;
    }
    this.put(table, row);
    return null;
  }

  async #take(name: string): Promise<void> {
    this.#assertUsable();
    try {
      const waiting = this.#storage.locks.take(name, this);
      if (waiting === null) return;
      if (this.#waitPolicy() === 'timeout') this.#storage.locks.giveUp(this, lockTimeout());
      await waiting;
    } catch (error) {
      throw this.#failed(error);
    }
    await this.#turn();
    this.#assertUsable();
  }

  #own<Row>(table: Table<Row>): readonly Row[] {
    const changed = this.#changes.get(table as Table<unknown>) ?? new Map<string, unknown>();
    return [...changed.values()].filter((row): row is Row => row !== null);
  }

  #write(table: Table<never>, key: string, row: unknown): void {
    const named = table as unknown as Table<unknown>;
    const changed = this.#changes.get(named);
    if (changed === undefined) this.#changes.set(named, new Map([[key, row]]));
    else changed.set(key, row);
  }

  #assertLocked(table: Table<never>, key: string): void {
    if (!this.held.has(lockName(table, 'key', key))) throw new Error(`a row of ${table.name} is written that nobody has locked: ${key}`);
  }

  #assertUsable(): void {
    if (this.state === 'terminated') throw terminated();
    if (this.state === 'failed') throw inFailedTransaction();
    if (this.state === 'ended') throw new Error('the transaction has ended');
  }

  #failed(error: unknown): unknown {
    if (this.state === 'open') this.state = 'failed';
    return error;
  }

  #end(as: 'ended' | 'terminated'): void {
    this.state = as;
    this.#changes.clear();
    if (this.waitsFor !== null) this.#storage.locks.giveUp(this, terminated());
    for (const name of [...this.held]) this.#storage.locks.release(name, this);
  }
}

const lockName = (table: Table<never>, index: string, value: string): string => `${table.name} ${index} ${value}`;
