import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { PriceReads, PriceReplica } from '../../ports/price-replica.ts';
import { priceColumns, toPrice, type PriceColumns } from './price-rows.ts';

const pricesOf = `SELECT price.variant_id, ${priceColumns} FROM price WHERE variant_id = ANY($1::uuid[]) AND currency = $2`;

// The product decides whether a record is newer: a variant that an older record knows and a newer one does not must not come back. Rows of the product
// that the record does not name stay, unsellable, for the carts that hold them.
const replaceProduct = `WITH newer AS (
  SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM price WHERE product_id = $1::uuid AND sequence >= $2::bigint)
), variant AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS variant(variant_id uuid, seller_id uuid, sku text, title text, amount bigint, currency text,
    tax_class text, weight_grams int, sellable boolean), newer
), kept AS (
  INSERT INTO price (variant_id, product_id, seller_id, sku, title, amount, currency, tax_class, weight_grams, sellable, sequence, updated_at)
  SELECT variant_id, $1::uuid, seller_id, sku, title, amount, currency, tax_class, weight_grams, sellable, $2::bigint, now() FROM variant
  ON CONFLICT (variant_id) DO UPDATE SET product_id = excluded.product_id, seller_id = excluded.seller_id, sku = excluded.sku, title = excluded.title,
    amount = excluded.amount, currency = excluded.currency, tax_class = excluded.tax_class, weight_grams = excluded.weight_grams,
    sellable = excluded.sellable, sequence = excluded.sequence, updated_at = excluded.updated_at
  WHERE price.sequence < excluded.sequence
), gone AS (
  UPDATE price SET sellable = false, sequence = $2::bigint, updated_at = now() FROM newer
  WHERE price.product_id = $1::uuid AND price.sequence < $2::bigint AND price.variant_id NOT IN (SELECT variant_id FROM variant)
)
SELECT 1 AS newer FROM newer`;

const retireProduct = `UPDATE price SET sellable = false, sequence = $2::bigint, updated_at = now() WHERE product_id = $1::uuid AND sequence < $2::bigint`;

/** @param currency the shop's. */
export function createPriceReads(sql: Sql, currency: string): PriceReads {
  return {
    async pricesOf(variantIds) {
      const rows = await sql.rows<PriceColumns & { readonly variant_id: string }>(pricesOf, [variantIds.map(toUuid), currency]);
      return new Map(
        rows.flatMap((row) => {
          const price = toPrice(row.variant_id, row);
          return price === null ? [] : [[fromUuid('var', row.variant_id), price] as const];
        }),
      );
    },
  };
}

export function createPriceReplica(sql: Sql): PriceReplica {
  return {
    async replace({ product, title, seller, variants }, sequence) {
      const rows = variants.map((variant) => ({
        variant_id: toUuid(variant.id),
        seller_id: toUuid(seller.id),
        sku: variant.sku,
        title: variant.title === '' || variant.title === title ? title : `${title}, ${variant.title}`,
        amount: variant.price.amount,
        currency: variant.price.currency,
        tax_class: variant.taxClass,
        weight_grams: variant.weightGrams,
        sellable: variant.sellable,
      }));
      return (await sql.rows(replaceProduct, [toUuid(product.id), sequence, JSON.stringify(rows)])).length === 1;
    },
    async retire({ product }, sequence) {
      return (await sql.count(retireProduct, [toUuid(product.id), sequence])) > 0;
    },
  };
}
