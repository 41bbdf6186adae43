import { newId, toUuid } from '@tally/kernel';

/** A row as PostgreSQL prints it. */
export type TextRow = Readonly<Record<string, string | null>>;

/** What must be known of a table to write rows of it again. */
export interface Keys {
  /** Columns of each unique index, the primary key's included. */
  readonly unique: readonly (readonly string[])[];
  /** Columns that hold whole numbers. */
  readonly integers: ReadonlySet<string>;
}

const dashed = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const prefixed = /\b([a-z]{2,4}_)([0-9a-f]{32})\b/g;

/** Gives every id that it meets another one, always the same for the same id, in both of its spellings. */
export type Renaming = (text: string) => string;

export function createRenaming(): Renaming {
  const known = new Map<string, string>();
  const other = (id: string): string => {
    const hex = id.replaceAll('-', '');
    const fresh = known.get(hex) ?? toUuid(newId('evt'));
    known.set(hex, fresh);
    return fresh;
  };
  return (text) =>
    text.replace(dashed, other).replace(prefixed, (_, prefix: string, id: string) => `${prefix}${other(id).replaceAll('-', '')}`);
}

/** Farther apart than the numbers in the rows of one order. */
const stride = 1_000;

/**
 * A row like the given one that collides with no other: ids are renamed, whole numbers in unique keys moved on, and where neither helps the last text of
 * the key is lengthened.
 *
 * @param copy number of the copy, from 1.
 */
export function freshRow(row: TextRow, keys: Keys, copy: number, rename: Renaming): TextRow {
  const fresh: Record<string, string | null> = {};
  for (const [column, value] of Object.entries(row)) fresh[column] = value === null ? null : rename(value);
  const inKeys = new Set(keys.unique.flat());
  for (const column of inKeys) {
    const value = fresh[column];
    if (value != null && keys.integers.has(column)) fresh[column] = String(BigInt(value) + BigInt(copy * stride));
  }
  for (const key of keys.unique) {
    const last = key.findLast((column) => fresh[column] != null);
    if (last !== undefined && key.every((column) => fresh[column] === row[column])) fresh[last] = `${fresh[last] ?? ''}-${String(copy)}`;
  }
  return fresh;
}
