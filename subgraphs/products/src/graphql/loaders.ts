import type { Id } from '@tally/kernel';
import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Category } from '../domain/category.ts';
import type { Product, Variant } from '../domain/product.ts';
import type { Seller } from '../domain/seller.ts';
import type { CatalogueView, Inventory, PresentLevel } from '../use-cases/view-catalogue.ts';

/** One loader per entity and key: a statement each, whatever the page size. */
export interface Loaders {
  readonly product: BatchLoader<Product>;
  readonly productBySlug: BatchLoader<Product>;
  readonly variant: BatchLoader<Variant>;
  readonly variantBySku: BatchLoader<Variant>;
  /** Keys made by `variantPageKey`. */
  readonly variantPage: BatchLoader<readonly Variant[]>;
  readonly variantCount: BatchLoader<number>;
  readonly category: BatchLoader<Category>;
  readonly seller: BatchLoader<Seller>;
  readonly inventory: BatchLoader<Inventory>;
  readonly level: BatchLoader<PresentLevel>;
}

/** `size` variants of a product behind a position. */
export const variantPageKey = (productId: Id<'prod'>, afterPosition: number, size: number): string =>
  `${productId} ${afterPosition} ${size}`;

function readPageKey(key: string): { productId: Id<'prod'>; afterPosition: number; size: number } {
  const [productId, after, size] = key.split(' ');
  return { productId: productId as Id<'prod'>, afterPosition: Number(after), size: Number(size) };
}

/** Rows of the request's own: `_entities` writes the type's name into what a reference resolves to, and a hot row is everybody's. */
const owned = <T extends object>(rows: readonly T[]): readonly T[] => rows.map((row) => ({ ...row }));

const by = <T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, T> =>
  new Map(values.map((value) => [keyOf(value), value]));

/** Loaders of one request. Keys are ids as parsed by whoever loads. */
export function createLoaders(catalogue: CatalogueView): Loaders {
  return {
    product: batchLoader('product', async (ids) => by(owned(await catalogue.productsById(ids as readonly Id<'prod'>[])), ({ id }) => id)),
    productBySlug: batchLoader('product-by-slug', async (slugs) => by(await catalogue.productsBySlug(slugs), ({ slug }) => slug)),
    variant: batchLoader('variant', async (ids) => by(owned(await catalogue.variantsById(ids as readonly Id<'var'>[])), ({ id }) => id)),
    variantBySku: batchLoader('variant-by-sku', async (skus) => by(await catalogue.variantsBySku(skus), ({ sku }) => sku)),
    variantPage: batchLoader('variant-page', async (keys) => {
      const pages = await catalogue.variantPages(keys.map(readPageKey));
      return new Map(keys.map((key, index) => [key, pages[index] ?? []]));
    }),
    variantCount: batchLoader('variant-count', (ids) => catalogue.variantCounts(ids as readonly Id<'prod'>[])),
    category: batchLoader('category', async (ids) =>
      by(owned(await catalogue.categoriesById(ids as readonly Id<'cat'>[])), ({ id }) => id),
    ),
    seller: batchLoader('seller', async (ids) => by(owned(await catalogue.sellersById(ids as readonly Id<'sell'>[])), ({ id }) => id)),
    inventory: batchLoader('inventory', async (ids) =>
      by(await catalogue.inventory(ids as readonly Id<'var'>[]), ({ variantId }) => variantId),
    ),
    level: batchLoader('level', async (ids) => by(await catalogue.levels(ids as readonly Id<'var'>[]), ({ variantId }) => variantId)),
  };
}

/** Forgets what a request has loaded so far: a mutation may have changed any of it. */
export function loadAfresh(loaders: Loaders): Loaders {
  for (const loader of Object.values(loaders) as BatchLoader<unknown>[]) loader.clearAll();
  return loaders;
}
