import { parseId, type Id, type IdPrefix } from '@tally/kernel';
import { badInput, decodeCursor } from '@tally/subgraph-kit';
import { effectiveSort, placeFromCursor, queryHash } from '../domain/catalogue-query.ts';
import type { CatalogueQuery, PageRequest, ProductFilter } from '../domain/catalogue-query.ts';
import { limits, parseText } from '../domain/limits.ts';
import type * as sent from '../generated/resolvers.ts';

/** @throws BAD_USER_INPUT: the text is no id of this kind. */
export function requireId<P extends IdPrefix>(prefix: P, text: string, argument: string): Id<P> {
  const id = parseId(prefix, text);
  if (id === null) throw badInput(`${argument} is not an id that starts with ${prefix}_.`, argument);
  return id;
}

/** @throws BAD_USER_INPUT: not 1 to 100. */
export function pageSize(size: number | null | undefined, argument: string): number {
  const wanted = size ?? limits.standardPageSize;
  if (wanted < 1 || wanted > limits.pageSize) throw badInput(`${argument} is 1 to ${limits.pageSize}.`, argument);
  return wanted;
}

/** What `products` is asked for. @throws BAD_USER_INPUT */
export function parseProducts(given: sent.QueryProductsArgs): { readonly query: CatalogueQuery; readonly page: PageRequest } {
  const words = parseWords(given.query);
  const query = { words, filter: parseFilter(given.filter ?? {}), sort: effectiveSort(given.sort ?? 'RELEVANCE', words) };
  return { query, page: parsePage(given, query) };
}

function parseWords(text: string | null | undefined): string | null {
  if (text == null || text.trim() === '') return null;
  const words = parseText(text, limits.words);
  if (words === null) throw badInput(`query has at most ${limits.words} characters, all printable.`, 'query');
  return words;
}

function parseFilter(given: sent.ProductFilter): ProductFilter {
  const ids = <P extends IdPrefix>(prefix: P, texts: readonly string[] | null | undefined, argument: string): readonly Id<P>[] =>
    distinct(texts, argument).map((text) => requireId(prefix, text, argument));
  return {
    categoryIds: ids('cat', given.categoryIds, 'categoryIds'),
    sellerIds: ids('sell', given.sellerIds, 'sellerIds'),
    tags: distinct(given.tags, 'tags').map((tag) => {
      const parsed = parseText(tag.toLowerCase(), limits.tag);
      if (parsed === null) throw badInput(`A tag has 1 to ${limits.tag} characters.`, 'tags');
      return parsed;
    }),
    priceMin: given.priceMin ?? null,
    priceMax: given.priceMax ?? null,
    inStock: given.inStock ?? null,
  };
}

/** Sorted, so that the same restriction has the same cursors. */
function distinct(texts: readonly string[] | null | undefined, argument: string): readonly string[] {
  const values = [...new Set(texts ?? [])].sort();
  if (values.length > limits.filterValues) throw badInput(`At most ${limits.filterValues} ${argument}.`, argument);
  return values;
}

function parsePage({ first, after, last, before }: sent.QueryProductsArgs, query: CatalogueQuery): PageRequest {
  if (first != null && last != null) throw badInput('Either first or last, not both.', 'last');
  const backwards = last != null || before != null;
  if (backwards && (first != null || after != null)) throw badInput('after belongs to first, before to last.', after == null ? 'before' : 'after');
  const [size, cursor, argument] = backwards ? [pageSize(last, 'last'), before, 'before'] : [pageSize(first, 'first'), after, 'after'];
  const from = cursor == null ? null : placeFromCursor(decodeCursor(cursor) ?? [], queryHash(query), query.sort);
  if (cursor != null && from === null) throw badInput(`${argument} is not a cursor of this query, filter and sort.`, argument);
  return { size, direction: backwards ? 'backwards' : 'forwards', from };
}

/** Which of a product's variants. @throws BAD_USER_INPUT */
export function parseVariantPage(productId: Id<'prod'>, { first, after }: Partial<sent.ProductVariantsArgs>): { readonly size: number; readonly afterPosition: number } {
  const size = pageSize(first, 'first');
  if (after == null) return { size, afterPosition: 0 };
  const [madeFor, position] = decodeCursor(after) ?? [];
  if (madeFor !== productId || typeof position !== 'number' || !Number.isInteger(position) || position < 1 || position > 1_000_000) {
    throw badInput('after is not a cursor of this product.', 'after');
  }
  return { size, afterPosition: position };
}
