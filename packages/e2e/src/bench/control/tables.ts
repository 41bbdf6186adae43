import { SCHEMAS } from '@tally/embedded';
import type { Sql } from '@tally/testkit';
import type { Keys } from './fresh-rows.ts';

/** A table of the platform, as far as the control copies it. */
export interface TableShape extends Keys {
  readonly schema: string;
  readonly table: string;
  /** Without generated ones. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly primaryKey: readonly string[];
  /** Storage options, e.g. `fillfactor=20`. */
  readonly options: readonly string[];
}

const tables = `SELECT namespace.nspname AS schema, class.relname AS "table", COALESCE(class.reloptions, '{}') AS options,
  (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) ORDER BY attnum)
   FROM pg_attribute WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns,
  (SELECT json_agg(json_build_object('primary', indisprimary, 'columns', (
     SELECT json_agg(attname ORDER BY place) FROM unnest(indkey::int2[]) WITH ORDINALITY AS part(attnum, place)
     JOIN pg_attribute USING (attnum) WHERE attrelid = class.oid)))
   FROM pg_index WHERE indrelid = class.oid AND indisunique) AS keys
FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind = 'r' AND namespace.nspname = ANY($1) AND class.relname <> '_prisma_migrations'`;

interface TableRow {
  readonly schema: string;
  readonly table: string;
  readonly options: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly keys: readonly { readonly primary: boolean; readonly columns: readonly string[] }[] | null;
}

/** Every table of the platform under its qualified name. */
export async function readTables(sql: Sql): Promise<ReadonlyMap<string, TableShape>> {
  const rows = (await sql.rows(tables, [SCHEMAS])) as unknown as readonly TableRow[];
  return new Map(
    rows.map(({ schema, table, options, columns, keys }) => {
      const integers = new Set(columns.filter(({ type }) => /^(bigint|integer|smallint)$/.test(type)).map(({ name }) => name));
      const primaryKey = keys?.find(({ primary }) => primary)?.columns ?? [];
      const shape: TableShape = {
        schema,
        table,
        options,
        columns,
        primaryKey,
        unique: (keys ?? []).map(({ columns: key }) => key),
        integers,
      };
      return [`${schema}.${table}`, shape];
    }),
  );
}

/** Rows that were written, by qualified table. */
export type Writes = ReadonlyMap<string, { readonly inserted: number; readonly updated: number }>;

/** What was written since the database exists. Sessions hand these counts over with a delay of up to ten seconds. */
export async function readWrites(sql: Sql): Promise<Writes> {
  const rows = (await sql.rows(
    `SELECT schemaname || '.' || relname AS name, n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated FROM pg_stat_user_tables WHERE schemaname = ANY($1)`,
    [SCHEMAS],
  )) as unknown as readonly { readonly name: string; readonly inserted: number; readonly updated: number }[];
  return new Map(rows.map(({ name, ...counts }) => [name, counts]));
}

/** Rows written per order between two readings; what is less than one in twenty orders is housekeeping and left out. */
export function writesPerOrder(before: Writes, after: Writes, orders: number): Writes {
  const perOrder = (now: number, then = 0): number => ((now - then) / orders < 0.05 ? 0 : (now - then) / orders);
  return new Map(
    [...after].flatMap(([name, { inserted, updated }]) => {
      const earlier = before.get(name);
      const writes = { inserted: perOrder(inserted, earlier?.inserted), updated: perOrder(updated, earlier?.updated) };
      return writes.inserted === 0 && writes.updated === 0 ? [] : [[name, writes] as const];
    }),
  );
}
