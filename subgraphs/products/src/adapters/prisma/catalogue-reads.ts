import { fromUuid, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { ProductStatus } from '../../domain/product.ts';
import type { CatalogueReads, ListedVariant } from '../../ports/catalogue-reads.ts';
import { categoryColumns, productColumns, toCategory, toProduct, toSeller, toStockLevel, toVariant, variantColumns } from './rows.ts';
import type { CategoryRow, ProductRow, StockRow, VariantRow } from './rows.ts';

// Arrays instead of `IN ($1, $2, …)`: one text for every number of keys, so that PostgreSQL prepares each statement once.
type ListedVariantRow = VariantRow & { readonly product_status: string };
type LevelRow = StockRow & { readonly updated_at: Date; readonly product_status: string };

const listedVariants = `SELECT ${variantColumns}, product.status AS product_status FROM product_variant variant JOIN product ON product.id = variant.product_id`;

const variantPages = `SELECT ${variantColumns}, product.status AS product_status, page.number
FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY AS page (product_id, after, size, number)
JOIN product ON product.id = page.product_id
CROSS JOIN LATERAL (
  SELECT * FROM product_variant WHERE product_id = page.product_id AND position > page.after ORDER BY position LIMIT page.size
) AS variant
ORDER BY page.number, variant.position`;

const levels = `SELECT stock.variant_id, stock.available, stock.reserved, stock.version, stock.updated_at, product.status AS product_status
FROM stock JOIN product_variant variant ON variant.id = stock.variant_id JOIN product ON product.id = variant.product_id
WHERE stock.variant_id = ANY($1::uuid[])`;

const toListed = (row: ListedVariantRow): ListedVariant => ({ ...toVariant(row), productStatus: row.product_status as ProductStatus });

/** Reads of the catalogue on a client or an open transaction. */
export function createCatalogueReads(sql: Sql): CatalogueReads {
  const products = async (where: string, values: readonly string[]) => {
    return (await sql.rows<ProductRow>(`SELECT ${productColumns} FROM product WHERE ${where}`, [values])).map(toProduct);
  };
  const variants = async (where: string, values: readonly string[]) => {
    return (await sql.rows<ListedVariantRow>(`${listedVariants} WHERE ${where}`, [values])).map(toListed);
  };
  const categories = async (where: string, values: readonly unknown[]) => {
    return (await sql.rows<CategoryRow>(`SELECT ${categoryColumns} FROM category WHERE ${where} ORDER BY name, id`, values)).map(
      toCategory,
    );
  };
  return {
    productsById: (ids) => products('id = ANY($1::uuid[])', ids.map(toUuid)),
    productsBySlug: (slugs) => products('slug = ANY($1::text[])', slugs),
    variantsById: (ids) => variants('variant.id = ANY($1::uuid[])', ids.map(toUuid)),
    variantsBySku: (skus) => variants('variant.sku = ANY($1::text[])', skus),
    async variantPages(pages) {
      const values = [
        pages.map(({ productId }) => toUuid(productId)),
        pages.map((page) => page.afterPosition),
        pages.map(({ size }) => size),
      ];
      const rows = await sql.rows<ListedVariantRow & { readonly number: bigint }>(variantPages, values);
      const lists: ListedVariant[][] = pages.map(() => []);
      for (const row of rows) lists[Number(row.number) - 1]?.push(toListed(row));
      return lists;
    },
    async variantCounts(ids) {
      const text =
        'SELECT product_id, count(*)::int AS variants FROM product_variant WHERE product_id = ANY($1::uuid[]) GROUP BY product_id';
      const rows = await sql.rows<{ readonly product_id: string; readonly variants: number }>(text, [ids.map(toUuid)]);
      return new Map(rows.map((row) => [fromUuid('prod', row.product_id), row.variants]));
    },
    categoriesById: (ids) => categories('id = ANY($1::uuid[])', [ids.map(toUuid)]),
    childCategories: (parentId) =>
      parentId === null ? categories('parent_id IS NULL', []) : categories('parent_id = $1::uuid', [toUuid(parentId)]),
    sellersById: async (ids: readonly Id<'sell'>[]) => {
      const text = 'SELECT id, slug, name FROM seller WHERE id = ANY($1::uuid[])';
      return (await sql.rows<{ id: string; slug: string; name: string }>(text, [ids.map(toUuid)])).map(toSeller);
    },
    async sellerBySlug(slug) {
      const [row] = await sql.rows<{ id: string; slug: string; name: string }>('SELECT id, slug, name FROM seller WHERE slug = $1', [slug]);
      return row === undefined ? null : toSeller(row);
    },
    async stock(variantIds) {
      const text = 'SELECT variant_id, available, reserved, version, now() AS as_of FROM stock WHERE variant_id = ANY($1::uuid[])';
      const rows = await sql.rows<StockRow & { readonly as_of: Date }>(text, [variantIds.map(toUuid)]);
      return rows.map((row) => ({ ...toStockLevel(row), asOf: row.as_of }));
    },
    async levels(variantIds) {
      const rows = await sql.rows<LevelRow>(levels, [variantIds.map(toUuid)]);
      return rows.map((row) => ({ ...toStockLevel(row), changedAt: row.updated_at, productStatus: row.product_status as ProductStatus }));
    },
  };
}
