import { fingerprint, parseId, type Id } from '@tally/kernel';

export type ProductSort = 'RELEVANCE' | 'PRICE_ASC' | 'PRICE_DESC' | 'NEWEST' | 'TITLE';

/** Restrictions that all hold at once; an empty list restricts nothing. */
export interface ProductFilter {
  readonly categoryIds: readonly Id<'cat'>[];
  readonly sellerIds: readonly Id<'sell'>[];
  readonly tags: readonly string[];
  readonly priceMin: number | null;
  readonly priceMax: number | null;
  readonly inStock: boolean | null;
}

/** What is looked for, and in which order: everything but the page. RELEVANCE needs words. */
export interface CatalogueQuery {
  readonly words: string | null;
  readonly filter: ProductFilter;
  readonly sort: ProductSort;
}

/** How words are compared: by their stems, or, when that finds nothing, by the letters they share with words of the title. */
export type Matching = 'stems' | 'letters';

/** A place in the order of a query: just after (or before) one product. `key` is the sort key as exact text. */
export interface Place {
  readonly matching: Matching;
  readonly key: string;
  readonly id: Id<'prod'>;
}

/** Some products before or after a place, or from the beginning or end. */
export interface PageRequest {
  readonly size: number;
  readonly direction: 'forwards' | 'backwards';
  readonly from: Place | null;
}

/** Without words nothing is relevant: the newest come first. */
export const effectiveSort = (sort: ProductSort, words: string | null): ProductSort =>
  sort === 'RELEVANCE' && words === null ? 'NEWEST' : sort;

/** The identity of a query that its cursors carry. */
export const queryHash = (query: CatalogueQuery): string => fingerprint({ ...query }).slice(3, 15);

/** The parts of a cursor. */
export const placeToCursor = (hash: string, { matching, key, id }: Place): readonly string[] => [hash, matching, key, id];

/** The place that a cursor names, or `null`: it is of another query, or made up. Whatever passes can go into SQL. */
export function placeFromCursor(parts: readonly unknown[], hash: string, sort: ProductSort): Place | null {
  const [madeFor, matching, key] = parts;
  const id = parseId('prod', parts[3]);
  if (parts.length !== 4 || madeFor !== hash || id === null || typeof key !== 'string') return null;
  if ((matching !== 'stems' && matching !== 'letters') || !keyShape[sort].test(key)) return null;
  return { matching, key, id };
}

const keyShape: Readonly<Record<ProductSort, RegExp>> = {
  RELEVANCE: /^\d{1,3}(\.\d{1,12})?(e-\d{1,2})?$/,
  PRICE_ASC: /^\d{1,15}$/,
  PRICE_DESC: /^\d{1,15}$/,
  NEWEST: /^\d{1,13}$/,
  TITLE: /^[^\0\p{Surrogate}]{1,200}$/u,
};
