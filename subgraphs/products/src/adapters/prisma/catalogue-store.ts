import { lockedSequence } from '@tally/events';
import { toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { ProductWithVariants } from '../../domain/product.ts';
import { distinctSlug } from '../../domain/slug.ts';
import type { CatalogueStore, CreatedProduct } from '../../ports/catalogue-store.ts';
import { categoryColumns, productColumns, toCategory, toProduct, toVariant, variantColumns } from './rows.ts';
import type { CategoryRow, ProductRow, VariantRow } from './rows.ts';
import { rewriteSearchRow } from './search-rows.ts';

const insertProduct = `INSERT INTO product (${productColumns})
SELECT ${productColumns} FROM jsonb_to_record($1::jsonb) AS product (id uuid, slug text, title text, description text, status text, version int,
  category_id uuid, seller_id uuid, tags text[], attributes jsonb, currency text, price_min bigint, price_max bigint, created_at timestamptz, updated_at timestamptz)
ON CONFLICT (slug) DO NOTHING`;

const insertVariants = `INSERT INTO product_variant (id, product_id, sku, title, amount, currency, options, weight_grams, tax_class, position)
SELECT id, product_id, sku, title, amount, currency, options, weight_grams, tax_class, position
FROM jsonb_to_recordset($1::jsonb) AS variant (id uuid, product_id uuid, sku text, title text, amount bigint, currency text, options jsonb, weight_grams int,
  tax_class text, position int)
ON CONFLICT (sku) DO NOTHING`;

const insertStock = `WITH opened AS (
  INSERT INTO stock (variant_id, available) SELECT * FROM unnest($1::uuid[], $2::int[]) RETURNING variant_id, version, available
)
INSERT INTO stock_movement (variant_id, version, kind, quantity) SELECT variant_id, version, 'OPENING', available FROM opened`;

const updateProduct = `UPDATE product SET title = $2, description = $3, status = $4, tags = $5::text[], attributes = $6::jsonb, price_min = $7::bigint, price_max = $8::bigint,
  version = $9::int, updated_at = $10::timestamptz
WHERE id = $1::uuid AND version = $9::int - 1`;

const updatePrices = `UPDATE product_variant SET amount = new.amount, compare_at = new.compare_at
FROM jsonb_to_recordset($1::jsonb) AS new (id uuid, amount bigint, compare_at bigint)
WHERE product_variant.id = new.id AND (product_variant.amount, product_variant.compare_at) IS DISTINCT FROM (new.amount, new.compare_at)`;

/** The catalogue on an open transaction. */
export function createCatalogueStore(sql: Sql): CatalogueStore {
  async function locked(where: string, id: Id): Promise<ProductWithVariants | null> {
    const [row] = await sql.rows<ProductRow>(`SELECT ${productColumns} FROM product WHERE ${where} FOR NO KEY UPDATE`, [toUuid(id)]);
    if (row === undefined) return null;
    const text = `SELECT ${variantColumns} FROM product_variant variant WHERE product_id = $1::uuid ORDER BY position`;
    return { ...toProduct(row), variants: (await sql.rows<VariantRow>(text, [row.id])).map(toVariant) };
  }
  return {
    async category(id) {
      const [row] = await sql.rows<CategoryRow>(`SELECT ${categoryColumns} FROM category WHERE id = $1::uuid`, [toUuid(id)]);
      return row === undefined ? null : toCategory(row);
    },
    async takenSkus(skus) {
      const rows = await sql.rows<{ readonly sku: string }>('SELECT sku FROM product_variant WHERE sku = ANY($1::text[])', [skus]);
      return rows.map(({ sku }) => sku);
    },
    async create({ product, openingStock }) {
      let { slug } = product;
      if ((await sql.count(insertProduct, [productJson(product, slug)])) === 0) {
        slug = distinctSlug(slug, product.id);
        if ((await sql.count(insertProduct, [productJson(product, slug)])) === 0) throw new Error(`slug ${slug} is taken, too`);
      }
      if ((await sql.count(insertVariants, [variantsJson(product)])) < product.variants.length) return null;
      await sql.count(insertStock, stockValues(openingStock));
      await sql.count(rewriteSearchRow, [toUuid(product.id)]);
      const opened = openingStock.map((level) => ({ ...level, version: lockedSequence(level.version) }));
      return { slug, sequence: lockedSequence(product.version), opened };
    },
    lock: (id) => locked('id = $1::uuid', id),
    lockOfVariant: (id) => locked('id = (SELECT product_id FROM product_variant WHERE id = $1::uuid)', id),
    async replace(product) {
      const { id, title, description, status, tags, attributes, prices, version, updatedAt, variants } = product;
      const values = [
        toUuid(id),
        title,
        description,
        status,
        tags,
        JSON.stringify(attributes),
        prices.min.amount,
        prices.max.amount,
        version,
        updatedAt,
      ];
      if ((await sql.count(updateProduct, values)) !== 1) throw new Error(`${id} was not locked at version ${version - 1}`);
      const priced = variants.map((variant) => ({
        id: toUuid(variant.id),
        amount: variant.price.amount,
        compare_at: variant.compareAt?.amount ?? null,
      }));
      await sql.count(updatePrices, [JSON.stringify(priced)]);
      await sql.count(rewriteSearchRow, [toUuid(id)]);
      return lockedSequence(version);
    },
  };
}

function productJson(product: ProductWithVariants, slug: string): string {
  const { id, title, description, status, version, categoryId, sellerId, tags, attributes, prices, createdAt, updatedAt } = product;
  const facts = { title, description, status, version, tags, attributes, slug };
  const ids = { id: toUuid(id), category_id: toUuid(categoryId), seller_id: toUuid(sellerId) };
  const range = { currency: prices.min.currency, price_min: prices.min.amount, price_max: prices.max.amount };
  return JSON.stringify({ ...facts, ...ids, ...range, created_at: createdAt, updated_at: updatedAt });
}

function variantsJson({ variants }: ProductWithVariants): string {
  return JSON.stringify(
    variants.map(({ id, productId, sku, title, price, options, weightGrams, taxClass, position }) => {
      const ids = { id: toUuid(id), product_id: toUuid(productId) };
      return { ...ids, sku, title, ...price, options, weight_grams: weightGrams, tax_class: taxClass, position };
    }),
  );
}

const stockValues = (levels: CreatedProduct['openingStock']): readonly unknown[] => [
  levels.map(({ variantId }) => toUuid(variantId)),
  levels.map(({ available }) => available),
];
