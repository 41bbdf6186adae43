import type { Sql } from '@tally/testkit';
import pg from 'pg';
import { createRenaming, freshRow, type TextRow } from './fresh-rows.ts';
import type { SampleRows } from './sample-order.ts';
import type { TableShape, Writes } from './tables.ts';
import type { PlainStatement, Unit } from './unit.ts';

const scratch = 'bench_control';

/** A table of the platform, its copy, and how many rows of it an order writes. */
interface Copy {
  readonly shape: TableShape;
  readonly name: string;
  readonly inserted: number;
  readonly updated: number;
  /** What an order wrote; empty where it only updates rows that were there before. */
  readonly sample: readonly TextRow[];
  /** Primary keys of rows that were there before. */
  readonly standing: readonly TextRow[];
}

/**
 * Copies every table that orders write, with its indexes, checks and storage options, into a scratch schema, and makes one transaction per order that
 * writes as many rows of each as the platform did: insertions with the contents of a sample order under fresh keys, updates of those rows, or of rows
 * that were there before.
 *
 * @param sql as the administrator.
 * @param writes rows per order, fractions included.
 */
export async function makeOrderUnits(
  sql: Sql,
  tables: ReadonlyMap<string, TableShape>,
  sample: SampleRows,
  writes: Writes,
  orders: number,
): Promise<readonly Unit[]> {
  await sql.execute(`DROP SCHEMA IF EXISTS ${scratch} CASCADE`);
  await sql.execute(`CREATE SCHEMA ${scratch}`);
  const copies: Copy[] = [];
  for (const [name, counts] of writes) {
    const shape = tables.get(name);
    if (shape !== undefined) copies.push(await copyTable(sql, name, shape, counts, sample.get(name) ?? []));
  }
  const due = new Map(copies.map(({ name }) => [name, { inserts: 0, updates: 0, turn: 0 }]));
  return Array.from({ length: orders }, (_, order) => {
    const rename = createRenaming();
    const statements: PlainStatement[] = [];
    for (const copy of copies) {
      const owed = due.get(copy.name) ?? { inserts: 0, updates: 0, turn: 0 };
      owed.inserts += copy.inserted;
      owed.updates += copy.updated;
      const [inserts, updates] = [Math.floor(owed.inserts), Math.floor(owed.updates)];
      owed.inserts -= inserts;
      owed.updates -= updates;
      const rows = Array.from({ length: inserts }, (_unused, index) => {
        const again = Math.floor(index / copy.sample.length);
        return freshRow(
          copy.sample[index % copy.sample.length] ?? {},
          copy.shape,
          order * 10 + again + 1,
          again === 0 ? rename : createRenaming(),
        );
      });
      if (rows.length > 0) statements.push(insertion(copy, rows));
      const targets = rows.length > 0 ? rows : copy.standing;
      for (let left = updates; left > 0 && targets.length > 0;) {
        const some = Array.from({ length: Math.min(left, targets.length) }, () => targets[owed.turn++ % targets.length] ?? {});
        statements.push(update(copy, some));
        left -= some.length;
      }
    }
    return { statements, transaction: true };
  });
}

async function copyTable(
  sql: Sql,
  original: string,
  shape: TableShape,
  counts: { inserted: number; updated: number },
  sample: readonly TextRow[],
): Promise<Copy> {
  const name = `${scratch}.${pg.escapeIdentifier(`${shape.schema}_${shape.table}`)}`;
  const options = shape.options.length === 0 ? '' : ` WITH (${shape.options.join(', ')})`;
  await sql.execute(`CREATE TABLE ${name} (LIKE ${original} INCLUDING ALL)${options}`);
  if (counts.inserted > 0 && sample.length === 0) throw new Error(`orders write ${original}, and the sample order did not`);
  if (counts.inserted > 0) return { shape, name, ...counts, sample, standing: [] };
  const { primaryKey } = shape;
  await sql.execute(`INSERT INTO ${name} SELECT * FROM ${original}`);
  const keys = await sql.rows(
    `SELECT ${primaryKey.map((column) => `${pg.escapeIdentifier(column)}::text`).join(', ')} FROM ${name} ORDER BY random() LIMIT 1000`,
  );
  return { shape, name, ...counts, sample: [], standing: keys as readonly TextRow[] };
}

function insertion({ name, shape: { columns } }: Copy, rows: readonly TextRow[]): PlainStatement {
  const places = rows.map(
    (_, row) => `(${columns.map(({ type }, column) => `$${String(row * columns.length + column + 1)}::${type}`).join(', ')})`,
  );
  const names = columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  return {
    name: `insert ${String(rows.length)} ${name}`.slice(0, 63),
    text: `INSERT INTO ${name} (${names}) VALUES ${places.join(', ')}`,
    values: rows.flatMap((row) => columns.map((column) => row[column.name] ?? null)),
  };
}

/** Writes a new version of rows, with the same contents. */
function update({ name, shape: { columns, primaryKey, unique } }: Copy, rows: readonly TextRow[]): PlainStatement {
  const typeOf = new Map(columns.map((column) => [column.name, column.type]));
  const indexed = new Set(unique.flat());
  const column = pg.escapeIdentifier(columns.findLast((each) => !indexed.has(each.name))?.name ?? primaryKey[0] ?? '');
  const places = rows.map(
    (_, row) => `(${primaryKey.map((key, at) => `$${String(row * primaryKey.length + at + 1)}::${typeOf.get(key) ?? 'text'}`).join(', ')})`,
  );
  return {
    name: `update ${String(rows.length)} ${name}`.slice(0, 63),
    text: `UPDATE ${name} SET ${column} = ${column} WHERE (${primaryKey.map((key) => pg.escapeIdentifier(key)).join(', ')}) IN (${places.join(', ')})`,
    values: rows.flatMap((row) => primaryKey.map((key) => row[key] ?? null)),
  };
}
