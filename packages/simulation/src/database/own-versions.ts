import type { StoredRows } from './stored-rows.ts';

type Versions<Row> = ReadonlyMap<string, Row | null>;

/** What one open transaction has written, over what is committed. */
export class OwnVersions {
  readonly #changes = new Map<StoredRows<unknown>, Map<string, unknown>>();

  /** The transaction's own version of a row, or the committed one. */
  read<Row>(stored: StoredRows<Row>, key: string): Row | undefined {
    const own = this.of(stored)?.get(key);
    if (own === undefined) return stored.get(key);
    return own ?? undefined;
  }

  rows<Row>(stored: StoredRows<Row>): readonly Row[] {
    const changed = this.of(stored);
    if (changed === undefined) return stored.all();
    const rows = stored.all().filter((row) => !changed.has(stored.table.key(row)));
    for (const row of changed.values()) if (row !== null) rows.push(row);
    return rows;
  }

  rowsBy<Row>(stored: StoredRows<Row>, index: string, value: string): Row[] {
    const changed = this.of(stored);
    const found: Row[] = [];
    const keys = stored.keysBy(index, value);
    if (keys !== undefined)
      for (const key of keys) {
        const row = changed?.has(key) === true ? undefined : stored.get(key);
        if (row !== undefined) found.push(row);
      }
    if (changed === undefined) return found;
    const of = stored.indexed(index);
    for (const row of changed.values()) if (row !== null && of(row) === value) found.push(row);
    return found;
  }

  /** `null` deletes. */
  set<Row>(stored: StoredRows<Row>, key: string, row: Row | null): void {
    const rows = stored as unknown as StoredRows<unknown>;
    const changed = this.#changes.get(rows);
    if (changed === undefined) this.#changes.set(rows, new Map([[key, row]]));
    else changed.set(key, row);
  }

  /** Own versions of a table's rows; `null` is a row that was deleted, `undefined` that there are none. */
  of<Row>(stored: StoredRows<Row>): Versions<Row> | undefined {
    return this.#changes.get(stored as unknown as StoredRows<unknown>) as Versions<Row> | undefined;
  }

  /** Makes them the committed ones. */
  commit(): void {
    for (const [stored, changed] of this.#changes) for (const [key, row] of changed) stored.set(key, row);
  }

  forget(): void {
    this.#changes.clear();
  }
}
