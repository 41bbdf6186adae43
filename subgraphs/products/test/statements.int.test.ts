import type { Id } from '@tally/kernel';
import pg from 'pg';
import { expect, test } from 'vitest';
import { pageStatement } from '../src/adapters/prisma/catalogue-search.ts';
import type { CatalogueQuery, Matching, PageRequest, ProductSort } from '../src/domain/catalogue-query.ts';
import { productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph } from './graph.ts';

const list = `query ($first: Int) { products(first: $first, sort: NEWEST) { totalCount edges { node {
  slug category { name path parent { name } } seller { name } attributes { label value } priceRange { min { amount } }
  variants(first: 3) { totalCount edges { node { sku price { amount currency fractionDigits } inventory { available status } product { title } } } }
} } } }`;

test('a list costs as many statements for one product as for a hundred', async () => {
  await using graph = await openGraph({ seeded: true, hotReadsMax: 0 });
  const cost = async (first: number) => {
    graph.statements();
    await graph.data(list, { first });
    return graph.statements().length;
  };

  // Page, count, products, categories, their parents, sellers, variants, their counts, stock.
  expect([await cost(1), await cost(10), await cost(100)]).toEqual([9, 9, 9]);
});

test('the lean list of the front page costs four statements', async () => {
  await using graph = await openGraph({ seeded: true, hotReadsMax: 0 });
  graph.statements();

  await graph.data(
    '{ products(first: 20) { edges { node { slug title priceRange { min { amount } } variants(first: 1) { edges { node { sku inventory { available } } } } } } } }',
  );

  expect(graph.statements()).toHaveLength(4);
});

test('aliases and references of one entity share a statement', async () => {
  await using graph = await openGraph({ seeded: true, hotReadsMax: 0 });
  const representations = Array.from({ length: 40 }, (_, index) => ({ __typename: 'Product', id: productIdAt(index) }));
  graph.statements();

  await graph.data(
    `{ a: product(id: "${productIdAt(0)}") { title } b: product(id: "${productIdAt(1)}") { title } c: product(id: "${productIdAt(0)}") { slug } }`,
  );
  expect(graph.statements()).toHaveLength(1);
  await graph.data('query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { title } } }', {
    representations,
  });
  expect(graph.statements()).toHaveLength(1);
});

const noFilter = { categoryIds: [], sellerIds: [], tags: [], priceMin: null, priceMax: null, inStock: null };
const from = { matching: 'stems', id: productIdAt(500) } as const;
const firstPage: PageRequest = { size: 20, direction: 'forwards', from: null };
const sorted = (sort: ProductSort, key: string): readonly [CatalogueQuery, PageRequest] => [
  { words: null, filter: noFilter, sort },
  { size: 20, direction: 'forwards', from: { ...from, key } },
];

const tagged = { ...noFilter, tags: ['nothing has this'] };
const inCategory = { ...noFilter, categoryIds: ['cat_00000000000070008000000000000000' as Id<'cat'>] };

test('every shape of query has its index', async () => {
  await using graph = await openGraph({ seeded: true });
  const client = new pg.Client({ connectionString: graph.database.urls.products.app });
  await client.connect();
  // The planner of a thousand rows rather reads them all; that of a hundred thousand must find these indexes usable.
  await client.query('SET enable_seqscan = off');
  const planOf = async ([query, page]: readonly [CatalogueQuery, PageRequest], matching: Matching) => {
    const { text, values } = pageStatement(query, page, matching);
    return JSON.stringify((await client.query<object>(`EXPLAIN (FORMAT JSON) ${text}`, [...values])).rows);
  };

  const plans = {
    product_search_price_min_product_id_idx: [
      await planOf(sorted('PRICE_ASC', '4999'), 'stems'),
      await planOf(sorted('PRICE_DESC', '4999'), 'stems'),
    ],
    product_search_published_at_product_id_idx: [await planOf(sorted('NEWEST', '1767600000000'), 'stems')],
    product_search_title_product_id_idx: [await planOf(sorted('TITLE', 'Harbour'), 'stems')],
    product_search_document_idx: [await planOf([{ words: 'mug', filter: noFilter, sort: 'RELEVANCE' }, firstPage], 'stems')],
    product_search_title_trigrams: [await planOf([{ words: 'enamal', filter: noFilter, sort: 'RELEVANCE' }, firstPage], 'letters')],
    product_search_category_ids_idx: [await planOf([{ words: null, filter: inCategory, sort: 'NEWEST' }, firstPage], 'stems')],
    product_search_tags_idx: [await planOf([{ words: null, filter: tagged, sort: 'NEWEST' }, firstPage], 'stems')],
  };
  await client.end();

  for (const [index, shapes] of Object.entries(plans)) {
    for (const plan of shapes) {
      expect(plan).toContain(index);
      expect(plan).not.toContain('Seq Scan');
    }
  }
});
