import { expect, test } from 'vitest';
import { openGraph, staffScopes, type Graph } from './graph.ts';
import { openWorld } from './world.ts';

interface Page {
  readonly products: {
    readonly edges: readonly {
      readonly cursor: string;
      readonly score: number | null;
      readonly node: { readonly id: string; readonly title: string };
    }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
    readonly totalCount?: number;
  };
}

const browse = `query ($query: String, $filter: ProductFilter, $sort: ProductSort, $first: Int, $after: String, $last: Int, $before: String) {
  products(query: $query, filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor score node { id title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}`;

/** Walks all pages and gives ids in the order of the query, whichever way it walks. */
async function walk(
  graph: Graph,
  arguments_: Record<string, unknown>,
  way: 'forwards' | 'backwards',
  size: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
) {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const place: Record<string, unknown> = way === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor };
    const { products }: Page = await graph.data<Page>(browse, { ...arguments_, ...place });
    const page = products.edges.map(({ node }) => node.id);
    if (way === 'forwards') ids.push(...page);
    else ids.unshift(...page);
    cursor = way === 'forwards' ? products.pageInfo.endCursor : products.pageInfo.startCursor;
    if (!(way === 'forwards' ? products.pageInfo.hasNextPage : products.pageInfo.hasPreviousPage)) return ids;
    await between();
  }
}

test('every product comes exactly once, forwards and backwards, in every order', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true });
  const cases = [
    { sort: 'PRICE_ASC' },
    { sort: 'PRICE_DESC' },
    { sort: 'NEWEST' },
    { sort: 'TITLE' },
    { sort: 'RELEVANCE', query: 'mug OR lamp OR blanket' },
  ];

  for (const asked of cases) {
    const forwards = await walk(graph, asked, 'forwards', 83);
    const backwards = await walk(graph, asked, 'backwards', 97);
    expect(new Set(forwards).size).toBe(forwards.length);
    expect(backwards).toEqual(forwards);
    const { products } = await graph.data<Page>(browse, { ...asked, first: 1 });
    expect(products.totalCount).toBe(forwards.length);
  }
});

test('products that come in while somebody pages neither hide nor repeat the others', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true });
  const before = new Set(await walk(graph, { sort: 'TITLE' }, 'forwards', 100));
  const { categories } = await graph.data<{ categories: { id: string }[] }>('{ categories { id } }');
  let made = 0;
  const insert = async () => {
    made += 1;
    const input = {
      title: `${String.fromCharCode(65 + (made % 26))}nother thing ${made}`,
      description: 'New.',
      categoryId: categories[0]?.id,
      variants: [{ sku: `NEW-${made}`, title: 'One', price: made, currency: 'EUR' }],
    };
    const { productCreate } = await graph.data<{ productCreate: { userErrors: unknown[] } }>(
      'mutation ($input: ProductCreateInput!) { productCreate(input: $input) { userErrors { message } } }',
      { input },
      staffScopes,
    );
    expect(productCreate.userErrors).toEqual([]);
  };

  for (const sort of ['TITLE', 'PRICE_ASC', 'NEWEST']) {
    for (const way of ['forwards', 'backwards'] as const) {
      const seen = await walk(graph, { sort }, way, 90, insert);
      expect(new Set(seen).size).toBe(seen.length);
      expect([...before].filter((id) => !seen.includes(id))).toEqual([]);
    }
  }
});

test('filters find exactly what a reading of all rows finds', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true });
  const [kitchen] = await graph.sql.rows(`SELECT id FROM category WHERE slug = 'kitchen'`);
  const [prints] = await graph.sql.rows(`SELECT id FROM category WHERE slug = 'prints'`);
  const spelt = (prefix: string, row: Readonly<Record<string, unknown>> | undefined) =>
    `${prefix}_${String(row?.['id']).replaceAll('-', '')}`;
  const below = `category_id IN (SELECT id FROM category WHERE id = '${String(kitchen?.['id'])}' OR '${String(kitchen?.['id'])}' = ANY (ancestor_ids))`;
  const anyPrice = (condition: string) => `EXISTS (SELECT FROM product_variant v WHERE v.product_id = product.id AND ${condition})`;
  const anyStock =
    'EXISTS (SELECT FROM product_variant v JOIN stock ON stock.variant_id = v.id WHERE v.product_id = product.id AND available > 0)';
  const cases: readonly (readonly [object, string])[] = [
    [{ categoryIds: [spelt('cat', kitchen)] }, below],
    [{ categoryIds: [spelt('cat', prints), spelt('cat', kitchen)] }, `(${below} OR category_id = '${String(prints?.['id'])}')`],
    [{ tags: ['gift', 'organic'] }, `'gift' = ANY (tags) AND 'organic' = ANY (tags)`],
    [{ priceMin: 10_000 }, anyPrice('amount >= 10000')],
    [{ priceMax: 2_000 }, anyPrice('amount <= 2000')],
    [
      { priceMin: 3_000, priceMax: 4_000, inStock: true },
      `${anyPrice('amount >= 3000')} AND ${anyPrice('amount <= 4000')} AND ${anyStock}`,
    ],
    [{ inStock: false }, `NOT ${anyStock}`],
    [
      { sellerIds: ['sell_01930000000070008000000000000001'], categoryIds: [spelt('cat', prints)] },
      `category_id = '${String(prints?.['id'])}'`,
    ],
  ];

  for (const [filter, condition] of cases) {
    const expected = (await graph.sql.rows(`SELECT id FROM product WHERE ${condition} ORDER BY title, id`)).map((row) =>
      spelt('prod', row),
    );
    const found = await walk(graph, { filter, sort: 'TITLE' }, 'forwards', 100);
    expect(found, JSON.stringify(filter)).toEqual(expected);
    expect(found.length, JSON.stringify(filter)).toBeGreaterThan(0);
  }
});

test('words find every product that has them, and the title counts most', async () => {
  await using graph = await openGraph({ seeded: true });

  const { products } = await graph.data<Page>(browse, { query: 'wool blanket', first: 100 });
  const found = new Set(products.edges.map(({ node }) => node.id));
  const expected = await graph.sql.rows(
    `SELECT id FROM product WHERE to_tsvector('english', concat_ws(' ', title, description)) @@ to_tsquery('english', 'wool & blanket')`,
  );

  for (const { id } of expected) expect(found).toContain(`prod_${String(id).replaceAll('-', '')}`);
  expect(products.edges[0]?.node.title).toBe('Wool Blanket');
  const scores = products.edges.map(({ score }) => Number(score));
  expect(scores).toEqual(scores.toSorted((left, right) => right - left));
});

test('a SKU, a tag, a category and an option value lead to their product', async () => {
  await using graph = await openGraph({ seeded: true });
  const first = async (query: string) => (await graph.data<Page>(browse, { query, first: 5 })).products.edges.map(({ node }) => node.title);

  expect(await first('PRINT-LIMITED-3')).toEqual(['Harbour Lights Print']);
  expect(await first('"Table Lamps" brass hands')).toEqual(['Brass Lamp']);
  expect((await first('rust enamel')).at(0)).toBe('Enamel Mug');
});

test('misspelt words find by letters what they do not find by stems, with a count', async () => {
  await using graph = await openGraph({ seeded: true });

  for (const [query, title] of [
    ['enamal mug', 'Enamel Mug'],
    ['wol blankett', 'Wool Blanket'],
    ['harbor lights', 'Harbour Lights Print'],
  ] as const) {
    const { products } = await graph.data<Page>(browse, { query, first: 10 });
    expect(
      products.edges.map(({ node }) => node.title),
      query,
    ).toContain(title);
    expect(products.totalCount).toBeGreaterThanOrEqual(products.edges.length);
    const walked = await walk(graph, { query }, 'forwards', 7);
    expect(walked).toHaveLength(products.totalCount ?? 0);
    expect(new Set(walked).size).toBe(walked.length);
  }
  expect((await graph.data<Page>(browse, { query: 'xqzzyv', first: 10 })).products).toMatchObject({
    edges: [],
    totalCount: 0,
    pageInfo: { hasNextPage: false },
  });
});

test('what is a draft or archived is found by nobody, and comes back when it is on sale again', async () => {
  await using world = await openWorld();
  const { id } = await world.aProduct({ title: 'Peculiar thing' });
  const found = async () => {
    const outcome = world.useCases.browseProducts({
      query: 'peculiar',
      sort: null,
      filter: null,
      first: 5,
      after: null,
      last: null,
      before: null,
    });
    if (!outcome.ok) throw new Error('refused');
    return (await outcome.value.page()).found.length;
  };
  const change = { id, title: null, description: null, tags: null, attributes: null };

  expect(await found()).toBe(1);
  await world.useCases.updateProduct({ ...change, expectedVersion: 1, status: 'DRAFT' });
  expect(await found()).toBe(0);
  await world.useCases.updateProduct({ ...change, expectedVersion: 2, status: 'ACTIVE' });
  expect(await found()).toBe(1);
});

test('a cursor of another query, filter or sort is refused', async () => {
  await using graph = await openGraph({ seeded: true });
  const { products } = await graph.data<Page>(browse, { sort: 'TITLE', filter: { inStock: true }, first: 2 });
  const after = products.pageInfo.endCursor;
  const code = async (variables: Record<string, unknown>) =>
    (await graph.ask(browse, { first: 2, after, ...variables })).errors?.map(({ extensions }) => extensions.code);

  expect(await code({ sort: 'TITLE', filter: { inStock: true } })).toBeUndefined();
  for (const other of [
    { sort: 'PRICE_ASC', filter: { inStock: true } },
    { sort: 'TITLE' },
    { sort: 'TITLE', filter: { inStock: true }, query: 'mug' },
  ]) {
    expect(await code(other)).toEqual(['BAD_USER_INPUT']);
  }
  for (const forged of ['', 'x', Buffer.from('["a"]').toString('base64url'), Buffer.from('null').toString('base64url')]) {
    expect(await code({ sort: 'TITLE', filter: { inStock: true }, after: forged })).toEqual(['BAD_USER_INPUT']);
  }
});

test('the count is read only when it is selected', async () => {
  await using graph = await openGraph({ seeded: true });
  const counts = () => graph.statements().filter((text) => text.includes('count(')).length;

  await graph.data('{ products(first: 3) { edges { cursor } } }');
  expect(counts()).toBe(0);
  await graph.data('{ products(first: 3) { totalCount } }');
  expect(counts()).toBe(1);
});
