import { expect, test } from 'vitest';
import { pageStatement } from '../src/adapters/prisma/catalogue-search.ts';
import type { CatalogueQuery, PageRequest, ProductSort } from '../src/domain/catalogue-query.ts';
import { productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph } from './graph.ts';

const list = `query ($first: Int) { products(first: $first, sort: NEWEST) { totalCount edges { node {
  slug category { name path parent { name } } seller { name } attributes { label value } priceRange { min { amount } }
  variants(first: 3) { totalCount edges { node { sku price { amount currency fractionDigits } inventory { available status } product { title } } } }
} } } }`;

test('a list costs as many statements for one product as for a hundred', async () => {
  await using graph = await openGraph({ seeded: true });
  const cost = async (first: number) => {
    graph.statements();
    await graph.data(list, { first });
    return graph.statements().length;
  };

  // Page, count, products, categories, their parents, sellers, variants, their counts, stock.
  expect([await cost(1), await cost(10), await cost(100)]).toEqual([9, 9, 9]);
});

test('the lean list of the front page costs four statements', async () => {
  await using graph = await openGraph({ seeded: true });
  graph.statements();

  await graph.data('{ products(first: 20) { edges { node { slug title priceRange { min { amount } } variants(first: 1) { edges { node { sku inventory { available } } } } } } } }');

  expect(graph.statements()).toHaveLength(4);
});

test('aliases and references of one entity share a statement', async () => {
  await using graph = await openGraph({ seeded: true });
  const representations = Array.from({ length: 40 }, (_, index) => ({ __typename: 'Product', id: productIdAt(index) }));
  graph.statements();

  await graph.data(`{ a: product(id: "${productIdAt(0)}") { title } b: product(id: "${productIdAt(1)}") { title } c: product(id: "${productIdAt(0)}") { slug } }`);
  expect(graph.statements()).toHaveLength(1);
  await graph.data('query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { title } } }', { representations });
  expect(graph.statements()).toHaveLength(1);
});

const noFilter = { categoryIds: [], sellerIds: [], tags: [], priceMin: null, priceMax: null, inStock: null };
const from = { matching: 'stems', id: productIdAt(500) } as const;
const firstPage: PageRequest = { size: 20, direction: 'forwards', from: null };
const sorted = (sort: ProductSort, key: string): readonly [CatalogueQuery, PageRequest] => [
  { words: null, filter: noFilter, sort },
  { size: 20, direction: 'forwards', from: { ...from, key } },
];

// Sequential scans are switched off: the planner of a thousand rows prefers them, that of a hundred thousand must find these indexes usable.
test.each<readonly [string, readonly [CatalogueQuery, PageRequest], 'stems' | 'letters']>([
  ['product_search_price_min_product_id_idx', sorted('PRICE_ASC', '4999'), 'stems'],
  ['product_search_price_min_product_id_idx', sorted('PRICE_DESC', '4999'), 'stems'],
  ['product_search_published_at_product_id_idx', sorted('NEWEST', '1767600000000'), 'stems'],
  ['product_search_title_product_id_idx', sorted('TITLE', 'Harbour'), 'stems'],
  ['product_search_document_idx', [{ words: 'mug', filter: noFilter, sort: 'RELEVANCE' }, firstPage], 'stems'],
  ['product_search_title_trigrams', [{ words: 'enamal', filter: noFilter, sort: 'RELEVANCE' }, firstPage], 'letters'],
  ['product_search_category_ids_idx', [{ words: null, filter: { ...noFilter, categoryIds: ['cat_00000000000070008000000000000000' as never] }, sort: 'NEWEST' }, firstPage], 'stems'],
  ['product_search_tags_idx', [{ words: null, filter: { ...noFilter, tags: ['nothing has this'] }, sort: 'NEWEST' }, firstPage], 'stems'],
])('%s serves its query', async (index, [query, page], matching) => {
  await using graph = await openGraph({ seeded: true });
  const { text, values } = pageStatement(query, page, matching);

  const [, , planned] = await Promise.all([
    graph.sql.rows('SELECT 1'),
    graph.sql.rows('SELECT 1'),
    graph.sql.rows(`EXPLAIN (FORMAT JSON) ${text}`, values).then(async (first) => (JSON.stringify(first).includes('Seq Scan') ? explainWithoutScans(graph.database.urls.products.app, text, values) : first)),
  ]);

  expect(JSON.stringify(planned)).toContain(index);
  expect(JSON.stringify(planned)).not.toContain('Seq Scan');
});

async function explainWithoutScans(url: string, text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET enable_seqscan = off');
    return (await client.query<object>(`EXPLAIN (FORMAT JSON) ${text}`, [...values])).rows;
  } finally {
    await client.end();
  }
}
