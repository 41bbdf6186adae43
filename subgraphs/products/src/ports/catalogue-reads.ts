import type { Id } from '@tally/kernel';
import type { Category } from '../domain/category.ts';
import type { Product, ProductStatus, Variant } from '../domain/product.ts';
import type { Seller } from '../domain/seller.ts';
import type { DatedStock, ReadStock } from '../domain/stock.ts';

/** A variant, and the status of the product that decides who sees it. */
export interface ListedVariant extends Variant {
  readonly productStatus: ProductStatus;
}

/** A level of stock, and the status of the product that decides who sees it. */
export interface ListedStock extends DatedStock {
  readonly productStatus: ProductStatus;
}

/** Which variants of a product: `size` of them (1 to 101) behind `afterPosition`, 0 for the first. */
export interface VariantPage {
  readonly productId: Id<'prod'>;
  readonly afterPosition: number;
  readonly size: number;
}

/**
 * Reads of the catalogue for many keys at once. Each is one statement, and one text, whatever the number of keys; what is missing is missing in the
 * answer; the order is not that of the keys. Nothing is hidden here: who may see what is decided by the use case.
 *
 * @throws database errors; all are reads, so all may be repeated.
 */
export interface CatalogueReads {
  productsById(ids: readonly Id<'prod'>[]): Promise<readonly Product[]>;
  productsBySlug(slugs: readonly string[]): Promise<readonly Product[]>;
  variantsById(ids: readonly Id<'var'>[]): Promise<readonly ListedVariant[]>;
  variantsBySku(skus: readonly string[]): Promise<readonly ListedVariant[]>;
  /** In position order within a page, one list per page, in the order of the pages. */
  variantPages(pages: readonly VariantPage[]): Promise<readonly (readonly ListedVariant[])[]>;
  variantCounts(ids: readonly Id<'prod'>[]): Promise<ReadonlyMap<Id<'prod'>, number>>;
  categoriesById(ids: readonly Id<'cat'>[]): Promise<readonly Category[]>;
  /** The children of a category, or the top level for `null`; by name. */
  childCategories(parentId: Id<'cat'> | null): Promise<readonly Category[]>;
  sellersById(ids: readonly Id<'sell'>[]): Promise<readonly Seller[]>;
  sellerBySlug(slug: string): Promise<Seller | null>;
  stock(variantIds: readonly Id<'var'>[]): Promise<readonly ReadStock[]>;
  /** The rows of `stock` as their last change left them. */
  levels(variantIds: readonly Id<'var'>[]): Promise<readonly ListedStock[]>;
}
