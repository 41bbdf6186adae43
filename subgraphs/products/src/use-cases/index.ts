import type { Clock } from '@tally/kernel';
import type { CatalogueReads } from '../ports/catalogue-reads.ts';
import type { CatalogueSearch } from '../ports/catalogue-search.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';
import { createAdjustInventory } from './adjust-inventory.ts';
import { createBrowseProducts } from './browse-products.ts';
import { createCommitStock } from './commit-stock.ts';
import { createCreateProduct } from './create-product.ts';
import { createFollowStock } from './follow-stock.ts';
import { createReleaseStock } from './release-stock.ts';
import { createReserveStock } from './reserve-stock.ts';
import { createSetVariantPrice } from './set-variant-price.ts';
import { createUpdateProduct } from './update-product.ts';
import { createViewCatalogue } from './view-catalogue.ts';

/** What the use cases need from the world. */
export interface Deps {
  readonly transact: Transact;
  readonly reads: CatalogueReads;
  readonly search: CatalogueSearch;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export type UseCases = ReturnType<typeof createUseCases>;

/** Everything this subgraph does. */
export const createUseCases = (deps: Deps) => ({
  viewCatalogue: createViewCatalogue(deps),
  browseProducts: createBrowseProducts(deps),
  createProduct: createCreateProduct(deps),
  updateProduct: createUpdateProduct(deps),
  setVariantPrice: createSetVariantPrice(deps),
  adjustInventory: createAdjustInventory(deps),
  reserveStock: createReserveStock(deps),
  commitStock: createCommitStock(deps),
  releaseStock: createReleaseStock(deps),
  followStock: createFollowStock(deps),
});
