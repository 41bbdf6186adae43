import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Category } from '../domain/category.ts';
import type { ProductWithVariants } from '../domain/product.ts';
import type { ChangedStock, StockLevel } from '../domain/stock.ts';

/** What is stored of a new product: everything, and the opening stock of each variant. */
export interface CreatedProduct {
  readonly product: ProductWithVariants;
  readonly openingStock: readonly StockLevel[];
}

/** What creating gave: the slug, the version, and the first level of each variant. */
export interface Stored {
  readonly slug: string;
  readonly sequence: Sequence;
  readonly opened: readonly ChangedStock[];
}

/** The catalogue of one open transaction. Whatever writes a product rewrites its search row. */
export interface CatalogueStore {
  category(id: Id<'cat'>): Promise<Category | null>;
  /** Those of the SKUs that exist already. */
  takenSkus(skus: readonly string[]): Promise<readonly string[]>;
  /**
   * Stores a product with its variants, opening stock and first movements. When another product has the slug, a distinct one is taken.
   *
   * @returns `null` when another transaction has just taken one of the SKUs: the caller must roll back.
   */
  create(created: CreatedProduct): Promise<Stored | null>;
  /** A product with its variants, its row locked until the end of the transaction, or `null`. */
  lock(id: Id<'prod'>): Promise<ProductWithVariants | null>;
  /** The same by one of its variants. */
  lockOfVariant(id: Id<'var'>): Promise<ProductWithVariants | null>;
  /** Stores a changed product under the lock that `lock` took: status, texts, tags, attributes, price range, version, prices of its variants. */
  replace(product: ProductWithVariants): Promise<Sequence>;
}
