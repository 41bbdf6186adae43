import type { Sql } from '@tally/messaging';

const oldest = `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds FROM stock_claim WHERE state = 'RESERVED'`;

/** How long the oldest order that holds stock has held it, in seconds of database time; 0 when none does. */
export async function oldestReservationSeconds(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ readonly seconds: number }>(oldest);
  return row?.seconds ?? 0;
}
