import type { Id } from '@tally/kernel';
import type { Category } from '../domain/category.ts';
import { isSku } from '../domain/new-product.ts';
import { isVisible, type Product, type Variant } from '../domain/product.ts';
import type { Seller } from '../domain/seller.ts';
import { isSlug } from '../domain/slug.ts';
import { stockStatus, type DatedStock, type ReadStock, type StockStatus } from '../domain/stock.ts';
import type { CatalogueReads, ListedVariant, VariantPage } from '../ports/catalogue-reads.ts';

/** Live stock as it is shown. */
export interface Inventory extends ReadStock {
  readonly status: StockStatus;
  /** On the shelf. */
  readonly onHand: number;
}

/** What a variant's stock is since its last change: where whoever follows it begins. */
export interface PresentLevel extends DatedStock {
  readonly status: StockStatus;
}

/** The catalogue as one viewer sees it: products that are not on sale, and their variants, do not exist for most. */
export interface CatalogueView {
  productsById(ids: readonly Id<'prod'>[]): Promise<readonly Product[]>;
  productsBySlug(slugs: readonly string[]): Promise<readonly Product[]>;
  variantsById(ids: readonly Id<'var'>[]): Promise<readonly Variant[]>;
  variantsBySku(skus: readonly string[]): Promise<readonly Variant[]>;
  variantPages(pages: readonly VariantPage[]): Promise<readonly (readonly Variant[])[]>;
  variantCounts(ids: readonly Id<'prod'>[]): Promise<ReadonlyMap<Id<'prod'>, number>>;
  categoriesById(ids: readonly Id<'cat'>[]): Promise<readonly Category[]>;
  childCategories(parentId: Id<'cat'> | null): Promise<readonly Category[]>;
  sellersById(ids: readonly Id<'sell'>[]): Promise<readonly Seller[]>;
  sellerBySlug(slug: string): Promise<Seller | null>;
  inventory(variantIds: readonly Id<'var'>[]): Promise<readonly Inventory[]>;
  levels(variantIds: readonly Id<'var'>[]): Promise<readonly PresentLevel[]>;
}

/** Reads for many keys at once. Text that cannot be a slug or a SKU names nothing, and is not looked up. */
export function createViewCatalogue({ reads }: { readonly reads: CatalogueReads }) {
  /** @param seesHidden whether the viewer holds catalogue:write. */
  return function viewCatalogue({ seesHidden }: { readonly seesHidden: boolean }): CatalogueView {
    const visible = (products: readonly Product[]): readonly Product[] => products.filter(({ status }) => isVisible(status, seesHidden));
    const listed = (variants: readonly ListedVariant[]): readonly Variant[] =>
      variants.filter(({ productStatus }) => isVisible(productStatus, seesHidden));
    return {
      ...reads,
      productsById: async (ids) => visible(await reads.productsById(ids)),
      productsBySlug: async (slugs) => visible(await reads.productsBySlug(slugs.filter(isSlug))),
      variantsById: async (ids) => listed(await reads.variantsById(ids)),
      variantsBySku: async (skus) => listed(await reads.variantsBySku(skus.filter(isSku))),
      sellerBySlug: async (slug) => (isSlug(slug) ? reads.sellerBySlug(slug) : null),
      inventory: async (variantIds) =>
        (await reads.stock(variantIds)).map((read) => ({
          ...read,
          status: stockStatus(read.available),
          onHand: read.available + read.reserved,
        })),
      levels: async (variantIds) =>
        (await reads.levels(variantIds))
          .filter(({ productStatus }) => isVisible(productStatus, seesHidden))
          .map((level) => ({ ...level, status: stockStatus(level.available) })),
    };
  };
}
