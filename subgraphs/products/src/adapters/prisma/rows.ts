import { lockedSequence } from '@tally/events';
import { fromUuid, money, type Id } from '@tally/kernel';
import type { AttributeDefinition, Category, NameValue } from '../../domain/category.ts';
import type { Product, ProductStatus, Variant } from '../../domain/product.ts';
import type { Seller } from '../../domain/seller.ts';
import type { ChangedStock, StockLevel } from '../../domain/stock.ts';

// What the driver gives: uuid as text with hyphens, bigint as BigInt, jsonb parsed. The tables are trusted: their writers checked.

export interface ProductRow {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly version: number;
  readonly category_id: string;
  readonly seller_id: string;
  readonly tags: readonly string[];
  readonly attributes: unknown;
  readonly currency: string;
  readonly price_min: bigint;
  readonly price_max: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** In the order of `ProductRow`. */
export const productColumns =
  'id, slug, title, description, status, version, category_id, seller_id, tags, attributes, currency, price_min, price_max, created_at, updated_at';

export function toProduct(row: ProductRow): Product {
  const { slug, title, description, version, tags } = row;
  return {
    id: fromUuid('prod', row.id),
    slug,
    title,
    description,
    status: row.status as ProductStatus,
    version,
    categoryId: fromUuid('cat', row.category_id),
    sellerId: fromUuid('sell', row.seller_id),
    tags,
    attributes: row.attributes as Readonly<Record<string, string>>,
    prices: { min: money(Number(row.price_min), row.currency), max: money(Number(row.price_max), row.currency) },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface VariantRow {
  readonly id: string;
  readonly product_id: string;
  readonly sku: string;
  readonly title: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly compare_at: bigint | null;
  readonly options: unknown;
  readonly weight_grams: number | null;
  readonly tax_class: string;
  readonly position: number;
}

/** In the order of `VariantRow`, of a table called `variant` in its statement. */
export const variantColumns =
  'variant.id, variant.product_id, variant.sku, variant.title, variant.amount, variant.currency, variant.compare_at, variant.options, variant.weight_grams, variant.tax_class, variant.position';

export function toVariant(row: VariantRow): Variant {
  const { sku, title, currency, position } = row;
  return {
    id: fromUuid('var', row.id),
    productId: fromUuid('prod', row.product_id),
    sku,
    title,
    price: money(Number(row.amount), currency),
    compareAt: row.compare_at === null ? null : money(Number(row.compare_at), currency),
    options: row.options as readonly NameValue[],
    weightGrams: row.weight_grams,
    taxClass: row.tax_class,
    position,
  };
}

export interface CategoryRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly path: readonly string[];
  readonly attributes: unknown;
}

export const categoryColumns = 'id, slug, name, parent_id, path, attributes';

export function toCategory({ id, slug, name, parent_id, path, attributes }: CategoryRow): Category {
  const parentId: Id<'cat'> | null = parent_id === null ? null : fromUuid('cat', parent_id);
  return { id: fromUuid('cat', id), slug, name, parentId, path, attributes: attributes as readonly AttributeDefinition[] };
}

export const toSeller = ({ id, slug, name }: { readonly id: string; readonly slug: string; readonly name: string }): Seller => ({
  id: fromUuid('sell', id),
  slug,
  name,
});

export interface StockRow {
  readonly variant_id: string;
  readonly available: number;
  readonly reserved: number;
  readonly version: number;
}

export const toStockLevel = ({ variant_id, available, reserved, version }: StockRow): StockLevel => ({
  variantId: fromUuid('var', variant_id),
  available,
  reserved,
  version,
});

/** A row that the open transaction changed, and so holds locked. */
export const toChangedStock = (row: StockRow): ChangedStock => ({ ...toStockLevel(row), version: lockedSequence(row.version) });
