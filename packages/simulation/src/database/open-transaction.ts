import { checkViolation, inFailedTransaction, lockTimeout, terminated, uniqueViolation } from './errors.ts';
import { giveUp, isHeldByOther, release, take, type Holder, type Lock, type LockSpace } from './locks.ts';
import { OwnVersions } from './own-versions.ts';
import type { StoredRows } from './stored-rows.ts';
import type { Table } from './table.ts';
import type { Transaction } from './transaction.ts';

/** What a transaction works on. */
export interface Storage {
  readonly advisoryLocks: LockSpace;
  stored<Row>(table: Table<Row>): StoredRows<Row>;
  nextNumber(sequence: string): number;
  now(): Date;
}

/** How a wait for a lock begins: `timeout` ends it at once, as `lock_timeout` would later. */
export type WaitPolicy = () => 'wait' | 'timeout';

/** Calls `act` after so many milliseconds; what it returns prevents that. */
export type Timer = (milliseconds: number, act: () => void) => () => void;

/** What a transaction needs of its session. */
export interface TransactionOptions {
  readonly turn: () => Promise<void>;
  readonly waitPolicy: WaitPolicy;
  /** Without one, nobody's patience ends by itself. */
  readonly timer: Timer | null;
  readonly lockTimeoutMs: number;
}

/** A transaction, seen by its session. */
export class OpenTransaction implements Transaction, Holder {
  readonly held = new Set<Lock>();
  waitsFor: Lock | null = null;
  readonly startedAt: Date;
  statementAt: Date;
  #state: 'open' | 'failed' | 'terminated' | 'ended' = 'open';
  #lockTimeoutMs: number;
  readonly #storage: Storage;
  readonly #options: TransactionOptions;
  readonly #own = new OwnVersions();

  constructor(storage: Storage, options: TransactionOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.startedAt = storage.now();
    this.statementAt = this.startedAt;
  }

  async statement(): Promise<void> {
    await this.#options.turn();
    this.#assertUsable();
    this.statementAt = this.#storage.now();
  }

  read<Row>(table: Table<Row>, key: string): Row | undefined {
    this.#assertUsable();
    return this.#own.read(this.#storage.stored(table), key);
  }

  rows<Row>(table: Table<Row>): readonly Row[] {
    this.#assertUsable();
    return this.#own.rows(this.#storage.stored(table));
  }

  rowsBy<Row>(table: Table<Row>, index: string, value: string): readonly Row[] {
    this.#assertUsable();
    return this.#own.rowsBy(this.#storage.stored(table), index, value);
  }

  async lock<Row>(table: Table<Row>, key: string): Promise<Row | undefined> {
    this.#assertUsable();
    const stored = this.#storage.stored(table);
    if (this.#own.read(stored, key) === undefined) return undefined;
    const waiting = this.#take(stored.rowLocks, key);
    if (waiting !== null) await waiting;
    const row = this.#own.read(stored, key);
    // Deleted meanwhile by whoever was waited for: there is nothing left to lock.
    if (row === undefined && stored.get(key) === undefined) this.#release(stored.rowLocks, key);
    return row;
  }

  tryLock<Row>(table: Table<Row>, key: string): { readonly row: Row | undefined } | null {
    this.#assertUsable();
    const stored = this.#storage.stored(table);
    const row = this.#own.read(stored, key);
    if (row === undefined) return { row };
    if (isHeldByOther(stored.rowLocks, key, this)) return null;
    void take(stored.rowLocks, key, this);
    return { row };
  }

  async waitingAtMost<Result>(milliseconds: number, steps: () => Promise<Result>): Promise<Result> {
    const usual = this.#lockTimeoutMs;
    this.#lockTimeoutMs = milliseconds;
    try {
      return await steps();
    } finally {
      this.#lockTimeoutMs = usual;
    }
  }

  async advisory(name: string): Promise<void> {
    await this.#take(this.#storage.advisoryLocks, name);
  }

  async insert<Row>(table: Table<Row>, row: Row): Promise<boolean> {
    return (await this.#tryInsert(this.#storage.stored(table), row)) === null;
  }

  async insertNew<Row>(table: Table<Row>, row: Row): Promise<void> {
    const conflict = await this.#tryInsert(this.#storage.stored(table), row);
    if (conflict !== null) throw this.#failed(uniqueViolation(table.name, conflict));
  }

  put<Row>(table: Table<Row>, row: Row): void {
    this.#assertUsable();
    const stored = this.#storage.stored(table);
    const key = table.key(row);
    this.#assertLocked(stored, key);
    const before = stored.uniqueKeys.length === 0 ? undefined : this.#own.read(stored, key);
    for (const { name, of } of stored.uniqueKeys) {
      const value = of(row);
      if (value === null || (before !== undefined && of(before) === value)) continue;
      if (this.#own.rowsBy(stored, name, value).some((other) => table.key(other) !== key))
        throw this.#failed(uniqueViolation(table.name, name));
    }
    this.#write(stored, key, row);
  }

  remove<Row>(table: Table<Row>, key: string): void {
    this.#assertUsable();
    const stored = this.#storage.stored(table);
    this.#assertLocked(stored, key);
    this.#own.set(stored, key, null);
  }

  nextNumber(sequence: string): number {
    this.#assertUsable();
    return this.#storage.nextNumber(sequence);
  }

  /** Makes everything visible at once and gives the locks back. */
  commit(): void {
    this.#assertUsable();
    this.#own.commit();
    this.#end('ended');
  }

  /** Forgets everything and gives the locks back; harmless after the end. */
  rollBack(as: 'ended' | 'terminated' = 'ended'): void {
    if (this.#state === 'open' || this.#state === 'failed') this.#end(as);
  }

  /** Whether this transaction has a version of its own. */
  hasWritten<Row>(stored: StoredRows<Row>, key: string): boolean {
    return this.#own.of(stored)?.has(key) === true;
  }

  /** @returns the name of the key that is taken, or `null` when the row is in. */
  async #tryInsert<Row>(stored: StoredRows<Row>, row: Row): Promise<string | null> {
    this.#assertUsable();
    const key = stored.table.key(row);
    if (this.#isOnlyLocked(stored, key)) return 'key';
    const had = stored.rowLocks.get(key)?.holder === this;
    const waiting = this.#take(stored.rowLocks, key);
    if (waiting !== null) await waiting;
    const taken: (readonly [LockSpace, string])[] = had ? [] : [[stored.rowLocks, key]];
    let conflict = this.#own.read(stored, key) === undefined ? null : 'key';
    for (const { name, of, locks } of stored.uniqueKeys) {
      const value = conflict === null ? of(row) : null;
      if (value === null) continue;
      if (locks.get(value)?.holder !== this) taken.push([locks, value]);
      const waitingForValue = this.#take(locks, value);
      if (waitingForValue !== null) await waitingForValue;
      const mayBeTaken = stored.keysBy(name, value) !== undefined || this.#own.of(stored) !== undefined;
      if (mayBeTaken && this.#own.rowsBy(stored, name, value).length > 0) conflict = name;
    }
    if (conflict === null) this.#write(stored, key, row);
    else for (const [space, name] of taken) this.#release(space, name);
    return conflict;
  }

  /** A row that somebody has locked but not changed is there for everybody: an insert beside it does not wait. */
  #isOnlyLocked<Row>(stored: StoredRows<Row>, key: string): boolean {
    const holder = stored.rowLocks.get(key)?.holder;
    if (holder === undefined || holder === this || stored.get(key) === undefined) return false;
    return holder instanceof OpenTransaction && !holder.hasWritten(stored, key);
  }

  /** `null`: nobody has to be waited for. A promise only where there is a wait, since most locks are free. */
  #take(space: LockSpace, name: string): Promise<void> | null {
    this.#assertUsable();
    try {
      const waiting = take(space, name, this);
      return waiting === null ? null : this.#wait(waiting);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #wait(granted: Promise<void>): Promise<void> {
    const { waitPolicy, timer, turn } = this.#options;
    let patience: (() => void) | undefined;
    try {
      if (waitPolicy() === 'timeout') giveUp(this, lockTimeout());
      else patience = timer?.(this.#lockTimeoutMs, () => giveUp(this, lockTimeout()));
      await granted;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      patience?.();
    }
    await turn();
    this.#assertUsable();
  }

  #release(space: LockSpace, name: string): void {
    const lock = space.get(name);
    if (lock !== undefined) release(lock, this);
  }

  #write<Row>(stored: StoredRows<Row>, key: string, row: Row): void {
    for (const [check, holds] of stored.checks) if (!holds(row)) throw this.#failed(checkViolation(stored.table.name, check));
    this.#own.set(stored, key, row);
  }

  #assertLocked<Row>(stored: StoredRows<Row>, key: string): void {
    if (stored.rowLocks.get(key)?.holder !== this)
      throw new Error(`a row of ${stored.table.name} is written that this transaction has neither locked nor inserted: ${key}`);
  }

  #assertUsable(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'terminated') throw terminated();
    if (this.#state === 'failed') throw inFailedTransaction();
    throw new Error('the transaction has ended');
  }

  #failed(error: unknown): unknown {
    if (this.#state === 'open') this.#state = 'failed';
    return error;
  }

  #end(as: 'ended' | 'terminated'): void {
    this.#state = as;
    this.#own.forget();
    if (this.waitsFor !== null) giveUp(this, terminated());
    for (const lock of this.held) release(lock, this);
  }
}
