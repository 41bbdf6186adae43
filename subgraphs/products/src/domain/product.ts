import type { Id, Money } from '@tally/kernel';
import type { Attributes, NameValue } from './category.ts';

/** DRAFT is not yet on sale, ARCHIVED no longer; only ACTIVE is seen by everybody and can be reserved. Staff move between all three. */
export type ProductStatus = 'DRAFT' | 'ACTIVE' | 'ARCHIVED';

/** Something the shop sells, in one or more variants of one currency. */
export interface Product {
  readonly id: Id<'prod'>;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly status: ProductStatus;
  /** One more per change of the product, its variants or their prices. */
  readonly version: number;
  readonly categoryId: Id<'cat'>;
  readonly sellerId: Id<'sell'>;
  readonly tags: readonly string[];
  readonly attributes: Attributes;
  readonly prices: PriceRange;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a buyer puts into the cart. */
export interface Variant {
  readonly id: Id<'var'>;
  readonly productId: Id<'prod'>;
  readonly sku: string;
  readonly title: string;
  readonly price: Money;
  readonly compareAt: Money | null;
  readonly options: readonly NameValue[];
  readonly weightGrams: number | null;
  readonly taxClass: string;
  /** From 1, the order within its product. */
  readonly position: number;
}

/** A product with all its variants: what a writer holds under lock, and what the catalogue topic tells. */
export interface ProductWithVariants extends Product {
  readonly variants: readonly Variant[];
}

/** Lowest and highest price of a product's variants. */
export interface PriceRange {
  readonly min: Money;
  readonly max: Money;
}

/** Whether a viewer meets the product at all. `seesHidden` stands for the scope catalogue:write. */
export const isVisible = (status: ProductStatus, seesHidden: boolean): boolean => status === 'ACTIVE' || seesHidden;

/**
 * The stored price range.
 *
 * @throws {RangeError} there is no price, or there are two currencies: a product has at least one variant and one currency.
 */
export function priceRange(prices: readonly Money[]): PriceRange {
  const [first, ...others] = prices;
  if (first === undefined) throw new RangeError('a product without a price');
  let [min, max] = [first, first];
  for (const price of others) {
    if (price.currency !== first.currency) throw new RangeError(`${price.currency} and ${first.currency} in one product`);
    if (price.amount < min.amount) min = price;
    if (price.amount > max.amount) max = price;
  }
  return { min, max };
}
