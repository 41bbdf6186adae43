import { fromUuid, money } from '@tally/kernel';
import type { VariantPrice } from '../../domain/pricing.ts';

/** A price as columns that may all be null, beside a row that knows its variant. */
export interface PriceColumns {
  readonly product_id: string | null;
  readonly seller_id: string | null;
  readonly sku: string | null;
  readonly title: string | null;
  readonly amount: bigint | null;
  readonly price_currency: string | null;
  readonly tax_class: string | null;
  readonly weight_grams: number | null;
  readonly sellable: boolean | null;
}

/** Columns of `PriceColumns`. */
export const priceColumns = `price.product_id, price.seller_id, price.sku, price.title, price.amount, price.currency AS price_currency, price.tax_class,
  price.weight_grams, price.sellable`;

/** `null`: the replica does not know the variant. */
export function toPrice(variantId: string, row: PriceColumns): VariantPrice | null {
  const {
    product_id: productId,
    seller_id: sellerId,
    sku,
    title,
    amount,
    price_currency: currency,
    tax_class: taxClass,
    weight_grams: weightGrams,
  } = row;
  if (productId === null || sellerId === null || sku === null || title === null || amount === null || currency === null) return null;
  return {
    variantId: fromUuid('var', variantId),
    productId: fromUuid('prod', productId),
    sellerId: fromUuid('sell', sellerId),
    sku,
    title,
    unitPrice: money(Number(amount), currency),
    taxClass: taxClass ?? '',
    weightGrams: weightGrams ?? 0,
    sellable: row.sellable ?? false,
  };
}
