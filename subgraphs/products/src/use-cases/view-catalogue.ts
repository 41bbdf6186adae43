import type { Id } from '@tally/kernel';
import type { Category } from '../domain/category.ts';
import { isVisible, type Product, type Variant } from '../domain/product.ts';
import type { Seller } from '../domain/seller.ts';
import type { ReadStock } from '../domain/stock.ts';
import type { CatalogueReads, ListedVariant, VariantPage } from '../ports/catalogue-reads.ts';

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
  stock(variantIds: readonly Id<'var'>[]): Promise<readonly ReadStock[]>;
}

export function createViewCatalogue({ reads }: { readonly reads: CatalogueReads }) {
  /** @param seesHidden whether the viewer holds catalogue:write. */
  return function viewCatalogue({ seesHidden }: { readonly seesHidden: boolean }): CatalogueView {
    const visible = (products: readonly Product[]): readonly Product[] => products.filter(({ status }) => isVisible(status, seesHidden));
    const listed = (variants: readonly ListedVariant[]): readonly Variant[] => variants.filter(({ productStatus }) => isVisible(productStatus, seesHidden));
    return {
      ...reads,
      productsById: async (ids) => visible(await reads.productsById(ids)),
      productsBySlug: async (slugs) => visible(await reads.productsBySlug(slugs)),
      variantsById: async (ids) => listed(await reads.variantsById(ids)),
      variantsBySku: async (skus) => listed(await reads.variantsBySku(skus)),
    };
  };
}
