/** What a table is made of. Rows are immutable: a change is another object under the same key. */
export interface TableShape<Row> {
  /** Unique in its database. */
  readonly name: string;
  /** The primary key as text. */
  readonly key: (row: Row) => string;
  /** Further unique keys; `null` is no value, as in SQL. */
  readonly unique?: Readonly<Record<string, (row: Row) => string | null>>;
  /** Ways to find rows without reading all of them; `null`: the row is not in it (a partial index). */
  readonly indexes?: Readonly<Record<string, (row: Row) => string | null>>;
  /** Constraints that every version of a row must keep, by name. */
  readonly checks?: Readonly<Record<string, (row: Row) => boolean>>;
}

/** A table of a memory database; made once per module by `defineTable`, holds no rows itself. */
export type Table<Row> = TableShape<Row>;

/** States the shape of a table. */
export const defineTable = <Row>(shape: TableShape<Row>): Table<Row> => shape;
