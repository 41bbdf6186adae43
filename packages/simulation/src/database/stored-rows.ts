import type { LockSpace } from './locks.ts';
import type { Table } from './table.ts';

type KeyOf<Row> = (row: Row) => string | null;

interface Index<Row> {
  readonly of: KeyOf<Row>;
  readonly keys: Map<string, Set<string>>;
}

interface Stored<Row> {
  readonly row: Row;
  /** What it stands under, in the order of the indexes. */
  readonly values: readonly (string | null)[];
}

/** The committed rows of one table, with its indexes, and the locks on them. */
export class StoredRows<Row> {
  readonly table: Table<Row>;
  readonly rowLocks: LockSpace = new Map();
  readonly uniqueKeys: readonly { readonly name: string; readonly of: KeyOf<Row>; readonly locks: LockSpace }[];
  readonly checks: readonly (readonly [string, (row: Row) => boolean])[];
  readonly #rows = new Map<string, Stored<Row>>();
  readonly #indexes: readonly Index<Row>[];
  readonly #indexByName: ReadonlyMap<string, Index<Row>>;

  constructor(table: Table<Row>) {
    this.table = table;
    this.uniqueKeys = Object.entries(table.unique ?? {}).map(([name, of]) => ({ name, of, locks: new Map() }));
    this.checks = Object.entries(table.checks ?? {});
    this.#indexByName = new Map(
      Object.entries({ ...table.indexes, ...table.unique }).map(([name, of]) => [name, { of, keys: new Map<string, Set<string>>() }]),
    );
    this.#indexes = [...this.#indexByName.values()];
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)?.row;
  }

  all(): Row[] {
    const rows: Row[] = [];
    for (const { row } of this.#rows.values()) rows.push(row);
    return rows;
  }

  /** What a row stands under in an index or unique key. @throws {RangeError} there is no such index. */
  indexed(index: string): KeyOf<Row> {
    return this.#index(index).of;
  }

  /** Keys of the rows that stand under a value of an index, in the order they came; `undefined`: none. @throws {RangeError} there is no such index. */
  keysBy(index: string, value: string): ReadonlySet<string> | undefined {
    return this.#index(index).keys.get(value);
  }

  /** Puts a version in the place of the one before; `null` deletes. */
  set(key: string, row: Row | null): void {
    const before = this.#rows.get(key)?.values;
    const values = row === null ? undefined : this.#indexes.map(({ of }) => of(row));
    if (row === null || values === undefined) this.#rows.delete(key);
    else this.#rows.set(key, { row, values });
    for (let at = 0; at < this.#indexes.length; at += 1) {
      const [from, to] = [before?.[at] ?? null, values?.[at] ?? null];
      const keys = this.#indexes[at]?.keys;
      if (from === to || keys === undefined) continue;
      if (from !== null) {
        const left = keys.get(from);
        left?.delete(key);
        if (left?.size === 0) keys.delete(from);
      }
      if (to === null) continue;
      const there = keys.get(to);
      if (there === undefined) keys.set(to, new Set([key]));
      else there.add(key);
    }
  }

  #index(name: string): Index<Row> {
    const found = this.#indexByName.get(name);
    if (found === undefined) throw new RangeError(`${this.table.name} has no index ${name}`);
    return found;
  }
}
