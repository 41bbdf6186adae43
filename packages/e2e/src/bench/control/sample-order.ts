import pg from 'pg';
import type { TextRow } from './fresh-rows.ts';
import type { TableShape } from './tables.ts';

/** Rows that one order wrote, by qualified table, as PostgreSQL prints them. */
export type SampleRows = ReadonlyMap<string, readonly TextRow[]>;

/**
 * Places one order on a quiet platform and gives every row that was written meanwhile, whoever wrote it.
 *
 * @param place resolves when the order has ended and the platform is quiet again.
 */
export async function sampleOrder(
  adminUrl: string,
  tables: ReadonlyMap<string, TableShape>,
  place: () => Promise<void>,
): Promise<SampleRows> {
  const client = new pg.Client({ connectionString: adminUrl, types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  try {
    const { rows: next } = await client.query<{ xid: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid');
    await place();
    const sample = new Map<string, readonly TextRow[]>();
    for (const [name, { columns }] of tables) {
      const selected = columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
      // Transaction numbers of a fresh cluster have not wrapped yet, so that they compare as numbers.
      const { rows } = await client.query<TextRow>(`SELECT ${selected} FROM ${name} WHERE xmin::text::bigint >= $1::bigint ORDER BY ctid`, [
        next[0]?.xid,
      ]);
      if (rows.length > 0) sample.set(name, rows);
    }
    return sample;
  } finally {
    await client.end();
  }
}
