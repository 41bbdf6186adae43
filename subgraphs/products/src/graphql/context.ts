import type { Viewer } from '@tally/subgraph-kit';
import type { createAdjustInventory } from '../use-cases/adjust-inventory.ts';
import type { createBrowseProducts } from '../use-cases/browse-products.ts';
import type { createCreateProduct } from '../use-cases/create-product.ts';
import type { createSetVariantPrice } from '../use-cases/set-variant-price.ts';
import type { createUpdateProduct } from '../use-cases/update-product.ts';
import type { CatalogueView } from '../use-cases/view-catalogue.ts';
import type { Loaders } from './loaders.ts';

/** What resolvers may ask for. */
export interface UseCases {
  readonly browseProducts: ReturnType<typeof createBrowseProducts>;
  readonly createProduct: ReturnType<typeof createCreateProduct>;
  readonly updateProduct: ReturnType<typeof createUpdateProduct>;
  readonly setVariantPrice: ReturnType<typeof createSetVariantPrice>;
  readonly adjustInventory: ReturnType<typeof createAdjustInventory>;
}

/** One request: on whose behalf, what they may see of the catalogue, and what was loaded for them so far. */
export interface Context {
  readonly viewer: Viewer;
  readonly catalogue: CatalogueView;
  readonly loaders: Loaders;
  readonly useCases: UseCases;
}
