import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { CatalogueQuery, Matching, PageRequest, ProductSort } from '../../domain/catalogue-query.ts';
import type { CatalogueSearch, Hit, HitPage } from '../../ports/catalogue-search.ts';

interface HitRow {
  readonly id: string;
  readonly key: string;
  readonly score: number | null;
}

/** A restriction of `product_search`, and the values its parameters take. */
interface Restriction {
  readonly clauses: readonly string[];
  readonly values: readonly unknown[];
  /** Number of the parameter with the words. */
  readonly words: number | null;
}

const mostCounted = 10_001;

/** Sort key, its spelling in a cursor, how that is read back, and the direction of key and id together. */
const orders: Readonly<
  Record<Exclude<ProductSort, 'RELEVANCE'>, { key: string; text: string; parse: (parameter: string) => string; descending: boolean }>
> = {
  PRICE_ASC: { key: 'price_min', text: 'price_min::text', parse: (parameter) => `${parameter}::bigint`, descending: false },
  PRICE_DESC: { key: 'price_min', text: 'price_min::text', parse: (parameter) => `${parameter}::bigint`, descending: true },
  NEWEST: {
    key: 'published_at',
    text: '(extract(epoch FROM published_at) * 1000)::bigint::text',
    parse: (parameter) => `to_timestamp(${parameter}::float8 / 1000)`,
    descending: true,
  },
  TITLE: { key: 'title', text: 'title', parse: (parameter) => `${parameter}::text`, descending: false },
};

/** float4, so that its text is exact and comes back as the same number. */
const scoreOf = (matching: Matching, words: number): string =>
  matching === 'stems' ? `ts_rank(document, websearch_to_tsquery('english', $${words}))` : `word_similarity($${words}, title)`;

function orderOf(
  sort: ProductSort,
  score: string,
): { key: string; text: string; parse: (parameter: string) => string; descending: boolean } {
  if (sort !== 'RELEVANCE') return orders[sort];
  return { key: score, text: `(${score})::text`, parse: (parameter) => `${parameter}::float4`, descending: true };
}

/** @param misspelt runs the statements for misspelt words, which need a lower bar of similarity than PostgreSQL's standard. */
export function createCatalogueSearch(sql: Sql, misspelt: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>): CatalogueSearch {
  const on = <T>(matching: Matching, work: (sql: Sql) => Promise<T>): Promise<T> => (matching === 'letters' ? misspelt(work) : work(sql));

  async function readPage(query: CatalogueQuery, page: PageRequest, matching: Matching): Promise<HitPage> {
    const { text, values } = pageStatement(query, page, matching);
    const rows = await on(matching, (connection) => connection.rows<HitRow>(text, values));
    const hits = rows.slice(0, page.size).map(({ id, key, score }): Hit => ({ place: { matching, key, id: fromUuid('prod', id) }, score }));
    return { hits: page.direction === 'forwards' ? hits : hits.reverse(), more: rows.length > page.size };
  }

  async function readCount(query: CatalogueQuery, matching: Matching): Promise<number> {
    const { clauses, values } = restrict(query, matching);
    const text = `SELECT count(*)::int AS total FROM (SELECT FROM product_search ${whereOf(clauses)} LIMIT ${mostCounted}) AS counted`;
    const [row] = await on(matching, (connection) => connection.rows<{ readonly total: number }>(text, values));
    return row?.total ?? 0;
  }

  return {
    async page(query, page) {
      const first = await readPage(query, page, page.from?.matching ?? 'stems');
      return first.hits.length === 0 && page.from === null && query.words !== null ? readPage(query, page, 'letters') : first;
    },
    async count(query, matching) {
      const total = await readCount(query, matching ?? 'stems');
      return total === 0 && matching === null && query.words !== null ? readCount(query, 'letters') : total;
    },
  };
}

/** The statement of a page: one row more than asked for says whether there are more. Only its values vary with the page. */
export function pageStatement(
  query: CatalogueQuery,
  { size, direction, from }: PageRequest,
  matching: Matching,
): { readonly text: string; readonly values: readonly unknown[] } {
  const { clauses, values, words } = restrict(query, matching);
  const score = words === null ? 'NULL::float4' : scoreOf(matching, words);
  const { key, text, parse, descending } = orderOf(query.sort, score);
  const downwards = descending === (direction === 'forwards');
  const all = [...values];
  const behind: string[] = [];
  if (from !== null) {
    all.push(from.key, toUuid(from.id));
    behind.push(`(${key}, product_id) ${downwards ? '<' : '>'} (${parse(`$${all.length - 1}`)}, $${all.length}::uuid)`);
  }
  all.push(size + 1);
  const way = downwards ? 'DESC' : 'ASC';
  return {
    text: `SELECT product_id AS id, ${text} AS key, ${score} AS score FROM product_search ${whereOf([...clauses, ...behind])}
ORDER BY ${key} ${way}, product_id ${way} LIMIT $${all.length}::int`,
    values: all,
  };
}

const whereOf = (clauses: readonly string[]): string => (clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`);

/** Only what is asked for becomes a clause: `$1 IS NULL OR …` would keep PostgreSQL from using the indexes. */
function restrict({ words, filter }: CatalogueQuery, matching: Matching): Restriction {
  const clauses: string[] = [];
  const values: unknown[] = [];
  const where = (value: unknown, clause: (parameter: string) => string): number => {
    values.push(value);
    clauses.push(clause(`$${values.length}`));
    return values.length;
  };
  const byStems = (parameter: string): string => `document @@ websearch_to_tsquery('english', ${parameter})`;
  const byLetters = (parameter: string): string => `${parameter} <% title`;
  const wordsAt = words === null ? null : where(words, matching === 'stems' ? byStems : byLetters);
  if (filter.categoryIds.length > 0) where(filter.categoryIds.map(toUuid), (parameter) => `category_ids && ${parameter}::uuid[]`);
  if (filter.sellerIds.length > 0) where(filter.sellerIds.map(toUuid), (parameter) => `seller_id = ANY(${parameter}::uuid[])`);
  if (filter.tags.length > 0) where(filter.tags, (parameter) => `tags @> ${parameter}::text[]`);
  // A product has a price of at least that much exactly if its highest has, and the other way round.
  if (filter.priceMin !== null) where(filter.priceMin, (parameter) => `price_max >= ${parameter}::bigint`);
  if (filter.priceMax !== null) where(filter.priceMax, (parameter) => `price_min <= ${parameter}::bigint`);
  if (filter.inStock !== null) where(filter.inStock, (parameter) => `in_stock = ${parameter}::boolean`);
  return { clauses, values, words: wordsAt };
}
