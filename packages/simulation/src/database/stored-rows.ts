import type { Table } from './table.ts';

/** The committed rows of one table, with its indexes. */
export class StoredRows<Row> {
  readonly #table: Table<Row>;
  readonly #rows = new Map<string, Row>();
  readonly #indexes: ReadonlyMap<string, { readonly of: (row: Row) => string | null; readonly keys: Map<string, Set<string>> }>;

  constructor(table: Table<Row>) {
    this.#table = table;
    this.#indexes = new Map(
      Object.entries({ ...table.indexes, ...table.unique }).map(([name, of]) => [name, { of, keys: new Map<string, Set<string>>() }]),
    );
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  all(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Keys of the rows that stand under a value of an index, in the order they came. @throws {RangeError} there is no such index. */
  keysBy(index: string, value: string): Iterable<string> {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new RangeError(`${this.#table.name} has no index ${index}`);
    return found.keys.get(value) ?? [];
  }

  set(key: string, row: Row | null): void {
    const before = this.#rows.get(key);
    if (row === null) this.#rows.delete(key);
    else this.#rows.set(key, row);
    for (const { of, keys } of this.#indexes.values()) {
      const [from, to] = [before === undefined ? null : of(before), row === null ? null : of(row)];
      if (from === to) continue;
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
}
