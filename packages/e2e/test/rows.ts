import { openSql } from '@tally/testkit';

/** One line per table that holds somebody's property: how many rows, and a hash of what is in them. */
export async function rowsOf(auditorUrl: string): Promise<readonly string[]> {
  await using sql = await openSql(auditorUrl);
  const tables = await sql.rows(
    `SELECT schemaname AS schema, tablename AS name FROM pg_tables
     WHERE schemaname IN ('products', 'orders', 'payments', 'users', 'simulator') AND tablename <> '_prisma_migrations' ORDER BY 1, 2`,
  );
  const lines: string[] = [];
  for (const { schema, name } of tables) {
    const table = `${String(schema)}.${String(name)}`;
    const { rows, hash } = await sql.row(`SELECT count(*) AS rows, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash FROM ${table} t`);
    lines.push(`${table} ${String(rows)} ${String(hash)}`);
  }
  return lines;
}
