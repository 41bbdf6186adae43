import { openSql } from '@tally/testkit';

/** One line per table that holds somebody's property: how many rows, and a hash of what is in them. */
export async function rowsOf(auditorUrl: string): Promise<readonly string[]> {
  await using sql = await openSql(auditorUrl);
  const tables = await sql.rows(
    `SELECT schemaname AS schema, tablename AS name FROM pg_tables
     WHERE schemaname IN ('products', 'orders', 'payments', 'users', 'notifications', 'simulator') AND tablename <> '_prisma_migrations' ORDER BY 1, 2`,
  );
  return await Promise.all(
    tables.map(async ({ schema, name }) => {
      const table = `${String(schema)}.${String(name)}`;
      const { rows, hash } = await sql.row(
        `SELECT count(*) AS rows, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash FROM ${table} t`,
      );
      return `${table} ${String(rows)} ${String(hash)}`;
    }),
  );
}
