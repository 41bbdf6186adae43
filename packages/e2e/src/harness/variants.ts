import type { Sql } from '@tally/testkit';
import { fromUuid } from '@tally/kernel';

/** Variants that can be bought, those with most units first. */
export async function stockedVariants(sql: Sql, count: number): Promise<readonly string[]> {
  const rows = await sql.rows(
    `SELECT s.variant_id AS id FROM products.stock s JOIN products.product_variant v ON v.id = s.variant_id JOIN products.product p ON p.id = v.product_id
     WHERE p.status = 'ACTIVE' ORDER BY s.available DESC, s.variant_id LIMIT $1`,
    [count],
  );
  return rows.map(({ id }) => fromUuid('var', String(id)));
}
