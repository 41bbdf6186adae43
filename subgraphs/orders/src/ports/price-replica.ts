import type { MessageData } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { VariantPrice } from '../domain/pricing.ts';

/** Prices of now, in the shop's currency: variants in another currency do not exist here. */
export interface PriceReads {
  /** Variants that are not in the answer are unknown. One statement. */
  pricesOf(variantIds: readonly Id<'var'>[]): Promise<ReadonlyMap<string, VariantPrice>>;
}

/** The replica of what products sells. State events: applied only if newer, so repeats, swaps and a replay from the beginning are harmless. */
export interface PriceReplica {
  /** The whole sellable state of one product; variants that are not in it are not sold any more. @returns whether it was newer. */
  replace(product: MessageData<'ProductChanged'>, sequence: number): Promise<boolean>;
  /** Nothing of the product is sold any more. @returns whether it was newer. */
  retire(product: MessageData<'ProductArchived'>, sequence: number): Promise<boolean>;
}
