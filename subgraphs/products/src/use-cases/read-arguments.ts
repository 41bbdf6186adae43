import { ok, parseId, refuse, type Id, type IdPrefix, type Outcome } from '@tally/kernel';
import { effectiveSort, placeFromCursor, queryHash } from '../domain/catalogue-query.ts';
import type { CatalogueQuery, PageRequest, ProductFilter, ProductSort } from '../domain/catalogue-query.ts';
import { limits, parseText } from '../domain/limits.ts';

/** An argument of a query that cannot be read. */
export interface BadArgument {
  readonly argument: string;
  readonly message: string;
}

type Maybe<T> = T | null | undefined;

/** What a client asks of the catalogue; cursors as the parts they are made of. */
export interface Browse {
  readonly query: Maybe<string>;
  readonly sort: Maybe<ProductSort>;
  readonly filter: Maybe<BrowseFilter>;
  readonly first: Maybe<number>;
  readonly after: Maybe<readonly unknown[]>;
  readonly last: Maybe<number>;
  readonly before: Maybe<readonly unknown[]>;
}

export interface BrowseFilter {
  readonly categoryIds?: Maybe<readonly string[]>;
  readonly sellerIds?: Maybe<readonly string[]>;
  readonly tags?: Maybe<readonly string[]>;
  readonly priceMin?: Maybe<number>;
  readonly priceMax?: Maybe<number>;
  readonly inStock?: Maybe<boolean>;
}

const bad = (argument: string, message: string) => refuse<BadArgument>({ argument, message });

/** The id that a text spells, if it is one of that kind. */
export function readId<P extends IdPrefix>(prefix: P, text: string, argument: string): Outcome<Id<P>, BadArgument> {
  const id = parseId(prefix, text);
  return id === null ? bad(argument, `${argument} is not an id that starts with ${prefix}_.`) : ok(id);
}

/** At most 250 ids of variants, in the order given. */
export function readVariantIds(texts: readonly string[], argument: string): Outcome<readonly Id<'var'>[], BadArgument> {
  return texts.length > limits.ids ? bad(argument, `At most ${limits.ids} ids.`) : readIds('var', texts, argument);
}

/** 1 to 100, 20 when absent. */
export function readPageSize(size: Maybe<number>, argument: string): Outcome<number, BadArgument> {
  const wanted = size ?? limits.standardPageSize;
  return wanted < 1 || wanted > limits.pageSize ? bad(argument, `${argument} is 1 to ${limits.pageSize}.`) : ok(wanted);
}

/** Which of a product's variants; `after` as the parts of a cursor. */
export function readVariantPage(
  productId: Id<'prod'>,
  first: Maybe<number>,
  after: Maybe<readonly unknown[]>,
): Outcome<{ readonly size: number; readonly afterPosition: number }, BadArgument> {
  const size = readPageSize(first, 'first');
  if (!size.ok) return size;
  if (after == null) return ok({ size: size.value, afterPosition: 0 });
  const [madeFor, position] = after;
  if (madeFor !== productId || typeof position !== 'number' || !Number.isInteger(position) || position < 1 || position > limits.position) {
    return bad('after', 'after is not a cursor of this product.');
  }
  return ok({ size: size.value, afterPosition: position });
}

/** What `products` is asked for. */
export function readBrowse(given: Browse): Outcome<{ readonly query: CatalogueQuery; readonly page: PageRequest }, BadArgument> {
  const words = readWords(given.query);
  if (!words.ok) return words;
  const filter = readFilter(given.filter ?? {});
  if (!filter.ok) return filter;
  const query = { words: words.value, filter: filter.value, sort: effectiveSort(given.sort ?? 'RELEVANCE', words.value) };
  const page = readPage(given, query);
  return page.ok ? ok({ query, page: page.value }) : page;
}

function readWords(text: Maybe<string>): Outcome<string | null, BadArgument> {
  if (text == null || text.trim() === '') return ok(null);
  const words = parseText(text, limits.words);
  return words === null ? bad('query', `query has at most ${limits.words} characters, all printable.`) : ok(words);
}

function readFilter(given: BrowseFilter): Outcome<ProductFilter, BadArgument> {
  const categoryIds = readIds('cat', distinct(given.categoryIds), 'categoryIds');
  if (!categoryIds.ok) return categoryIds;
  const sellerIds = readIds('sell', distinct(given.sellerIds), 'sellerIds');
  if (!sellerIds.ok) return sellerIds;
  const tags = [...new Set((given.tags ?? []).map((tag) => tag.trim().toLowerCase()))].sort();
  const longest = Math.max(categoryIds.value.length, sellerIds.value.length, tags.length);
  if (longest > limits.filterValues) return bad('filter', `A filter has at most ${limits.filterValues} values of a kind.`);
  if (tags.some((tag) => parseText(tag, limits.tag) === null)) return bad('tags', `A tag has 1 to ${limits.tag} characters.`);
  const { priceMin = null, priceMax = null, inStock = null } = given;
  return ok({ categoryIds: categoryIds.value, sellerIds: sellerIds.value, tags, priceMin, priceMax, inStock });
}

/** The same restriction has the same cursors, in whichever order it is given. */
const distinct = (texts: Maybe<readonly string[]>): readonly string[] => [...new Set(texts)].sort();

function readIds<P extends IdPrefix>(prefix: P, texts: readonly string[], argument: string): Outcome<readonly Id<P>[], BadArgument> {
  const ids: Id<P>[] = [];
  for (const text of texts) {
    const id = readId(prefix, text, argument);
    if (!id.ok) return id;
    ids.push(id.value);
  }
  return ok(ids);
}

function readPage({ first, after, last, before }: Browse, query: CatalogueQuery): Outcome<PageRequest, BadArgument> {
  if (first != null && last != null) return bad('last', 'Either first or last, not both.');
  const backwards = last != null || before != null;
  if (backwards && (first != null || after != null))
    return bad(after == null ? 'before' : 'after', 'after belongs to first, before to last.');
  const [wanted, cursor, names] = backwards
    ? [last, before, { size: 'last', cursor: 'before' }]
    : [first, after, { size: 'first', cursor: 'after' }];
  const size = readPageSize(wanted, names.size);
  if (!size.ok) return size;
  const from = cursor == null ? null : placeFromCursor(cursor, queryHash(query), query.sort);
  if (cursor != null && from === null) return bad(names.cursor, `${names.cursor} is not a cursor of this query, filter and sort.`);
  return ok({ size: size.value, direction: backwards ? 'backwards' : 'forwards', from });
}
