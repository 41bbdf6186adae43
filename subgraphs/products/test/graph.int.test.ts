import { newId, toUuid, type Id } from '@tally/kernel';
import { expect, test } from 'vitest';
import { demoVariantIds, productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph, staffScopes, type Graph } from './graph.ts';

const mugId = productIdAt(0);
const whiteId = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;
const update =
  'mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { product { version status title } userErrors { code field message } } }';
const adjust =
  'mutation ($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) { variant { inventory { available onHand version status } } replayed userErrors { code field } } }';
const events = async (graph: Graph, key: string) =>
  (await graph.sql.rows('SELECT type, sequence::int, payload::jsonb AS data FROM outbox WHERE key = $1 ORDER BY id', [key])).map(
    ({ type, sequence, data }) => ({ type, sequence, data }),
  );

test('a product is found by id and slug, with everything a page shows', async () => {
  await using graph = await openGraph({ seeded: true });
  const page = `{ id slug title status version category { slug path parent { parent { name } } } seller { name } tags priceRange { min { amount currency fractionDigits } max { amount } }
    attributes { key label value } variants(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { node { sku title price { amount } options { name value } inventory { available reserved status version } } } } }`;

  const { bySlug, byId } = await graph.data<Record<string, Record<string, unknown>>>(
    `{ bySlug: product(slug: "enamel-mug") ${page} byId: product(id: "${mugId}") ${page} }`,
  );

  expect(bySlug).toEqual(byId);
  expect(bySlug).toMatchObject({
    id: mugId,
    title: 'Enamel Mug',
    category: { slug: 'mugs', path: ['Kitchen', 'Drinkware', 'Mugs'], parent: { parent: { name: 'Kitchen' } } },
    seller: { name: 'Tally Goods' },
    priceRange: { min: { amount: 1499, currency: 'EUR', fractionDigits: 2 }, max: { amount: 1699 } },
    variants: { totalCount: 3, pageInfo: { hasNextPage: true } },
  });
  const { product } = await graph.data<{ product: { variants: { edges: { node: { sku: string } }[]; pageInfo: object } } }>(
    `query ($after: String) { product(slug: "enamel-mug") { variants(first: 2, after: $after) { pageInfo { hasNextPage hasPreviousPage } edges { node { sku } } } } }`,
    { after: (bySlug as { variants: { pageInfo: { endCursor: string } } }).variants.pageInfo.endCursor },
  );
  expect(product.variants).toEqual({
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
    edges: [{ node: { sku: 'MUG-ENAMEL-RUST' } }],
  });
});

test('entities are resolved by each of their keys, and what does not exist is null', async () => {
  await using graph = await openGraph({ seeded: true });
  const [mugs] = await graph.sql.rows(`SELECT id FROM category WHERE slug = 'mugs'`);
  const representations = [
    { __typename: 'Product', id: mugId },
    { __typename: 'Product', slug: 'wool-blanket' },
    { __typename: 'ProductVariant', id: whiteId },
    { __typename: 'ProductVariant', sku: 'PRINT-LIMITED-3' },
    { __typename: 'Category', id: `cat_${String(mugs?.['id']).replaceAll('-', '')}` },
    { __typename: 'Seller', id: 'sell_01930000000070008000000000000001' },
    { __typename: 'Product', id: newId('prod') },
    { __typename: 'Product', id: 'nonsense' },
    { __typename: 'ProductVariant', id: mugId },
    { __typename: 'ProductVariant', sku: 'no such\u0000' },
    { __typename: 'Product', slug: 'No Such' },
  ];

  const { _entities } = await graph.data<{ _entities: unknown[] }>(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Product { title } ... on ProductVariant { sku product { slug } } ... on Category { name } ... on Seller { slug } } }`,
    { representations },
  );

  expect(_entities).toEqual([
    { title: 'Enamel Mug' },
    { title: 'Wool Blanket' },
    { sku: 'MUG-ENAMEL-WHITE', product: { slug: 'enamel-mug' } },
    { sku: 'PRINT-LIMITED-3', product: { slug: 'harbour-lights-print' } },
    { name: 'Mugs' },
    { slug: 'tally-goods' },
    ...Array.from({ length: 5 }, () => null),
  ]);
});

test('variants keep the order asked for, with null for what is not there', async () => {
  await using graph = await openGraph({ seeded: true });
  const print = demoVariantIds.get('PRINT-LIMITED-3');

  const { variants } = await graph.data<{ variants: unknown[] }>('query ($ids: [ID!]!) { variants(ids: $ids) { sku } }', {
    ids: [print, newId('var'), whiteId, print],
  });

  expect(variants).toEqual([{ sku: 'PRINT-LIMITED-3' }, null, { sku: 'MUG-ENAMEL-WHITE' }, { sku: 'PRINT-LIMITED-3' }]);
});

test('categories are walked from the top level down', async () => {
  await using graph = await openGraph({ seeded: true });

  const { categories } = await graph.data<{ categories: { id: string; name: string; parent: unknown }[] }>(
    '{ categories { id name parent { id } } }',
  );
  const { below } = await graph.data<{ below: unknown[] }>(
    'query ($id: ID) { below: categories(parentId: $id) { name attributes { key } } }',
    { id: categories[2]?.id },
  );

  expect(categories.map(({ name }) => name)).toEqual(['Clothing', 'Home', 'Kitchen', 'Outdoors']);
  expect(below).toEqual([
    { name: 'Cookware', attributes: [] },
    { name: 'Drinkware', attributes: [] },
  ]);
});

test('a product that is not on sale exists for staff only, on every way to it', async () => {
  await using graph = await openGraph({ seeded: true });
  const ways = `query ($representations: [_Any!]!) { product(id: "${mugId}") { title } bySlug: product(slug: "enamel-mug") { title } variants(ids: ["${whiteId}"]) { sku }
    _entities(representations: $representations) { __typename } }`;
  const representations = [
    { __typename: 'Product', id: mugId },
    { __typename: 'ProductVariant', sku: 'MUG-ENAMEL-WHITE' },
  ];

  await graph.data(update, { input: { id: mugId, expectedVersion: 1, status: 'ARCHIVED' } }, staffScopes);

  expect(await graph.data(ways, { representations })).toEqual({ product: null, bySlug: null, variants: [null], _entities: [null, null] });
  expect(await graph.data(ways, { representations }, ['catalogue:write'])).toMatchObject({
    product: { title: 'Enamel Mug' },
    variants: [{ sku: 'MUG-ENAMEL-WHITE' }],
  });
  const archived = (await events(graph, mugId)).at(-1);
  expect(archived).toMatchObject({ type: 'ProductArchived', sequence: 2, data: { product: { id: mugId } } });
  expect(await graph.sql.number('SELECT count(*) FROM product_search WHERE product_id = $1', [toUuid(mugId)])).toBe(0);
});

test('a created product is on sale at once: found, priced, in stock, and told to the others', async () => {
  await using graph = await openGraph({ seeded: true });
  const [mugs] = await graph.sql.rows(`SELECT id FROM category WHERE slug = 'mugs'`);
  const input = {
    title: 'Crème Brûlée Mug!',
    description: 'For one thing only.',
    categoryId: `cat_${String(mugs?.['id']).replaceAll('-', '')}`,
    tags: ['Gift'],
    attributes: [{ name: 'material', value: 'Stoneware' }],
    variants: [
      {
        sku: 'CREME-1',
        title: 'One',
        price: 2100,
        currency: 'EUR',
        onHand: 4,
        weightGrams: 300,
        options: [{ name: 'Set', value: 'Single' }],
      },
      { sku: 'CREME-2', title: 'Two', price: 3900, currency: 'EUR' },
    ],
  };
  const create = `mutation ($input: ProductCreateInput!) { productCreate(input: $input) { userErrors { code field }
    product { id slug version status tags attributes { label value } priceRange { min { amount } max { amount } } variants { edges { node { id sku inventory { available status } } } } } } }`;

  const { productCreate } = await graph.data<{
    productCreate: { product: { id: string; variants: { edges: { node: { id: string } }[] } } };
  }>(create, { input }, staffScopes);

  expect(productCreate).toMatchObject({
    userErrors: [],
    product: {
      slug: 'creme-brulee-mug',
      version: 1,
      status: 'ACTIVE',
      tags: ['gift'],
      attributes: [{ label: 'Material', value: 'Stoneware' }],
      priceRange: { min: { amount: 2100 }, max: { amount: 3900 } },
      variants: {
        edges: [
          { node: { sku: 'CREME-1', inventory: { available: 4, status: 'LOW' } } },
          { node: { sku: 'CREME-2', inventory: { available: 0, status: 'OUT_OF_STOCK' } } },
        ],
      },
    },
  });
  const { id, variants } = productCreate.product;
  expect(await events(graph, id)).toMatchObject([
    {
      type: 'ProductChanged',
      sequence: 1,
      data: {
        slug: 'creme-brulee-mug',
        variants: [{ sku: 'CREME-1', price: { amount: 2100, currency: 'EUR' }, weightGrams: 300, sellable: true }, { sku: 'CREME-2' }],
      },
    },
  ]);
  expect(await events(graph, variants.edges[0]?.node.id ?? '')).toMatchObject([
    { type: 'StockLevelChanged', sequence: 1, data: { available: 4, status: 'LOW' } },
  ]);
  for (const query of ['crème brûlée', 'CREME-2', 'crèm brûlé']) {
    expect(await graph.data('query ($query: String) { products(query: $query, first: 1) { edges { node { slug } } } }', { query })).toEqual(
      { products: { edges: [{ node: { slug: 'creme-brulee-mug' } }] } },
    );
  }

  const again = await graph.data<{ productCreate: unknown }>(create, { input }, staffScopes);
  expect(again.productCreate).toEqual({
    product: null,
    userErrors: [
      { code: 'CONFLICT', field: ['variants', '0', 'sku'] },
      { code: 'CONFLICT', field: ['variants', '1', 'sku'] },
    ],
  });
  const twin = await graph.data<{ productCreate: { product: { slug: string } } }>(
    create,
    { input: { ...input, variants: [{ ...input.variants[0], sku: 'CREME-3' }] } },
    staffScopes,
  );
  expect(twin.productCreate.product.slug).toMatch(/^creme-brulee-mug-[0-9a-f]{8}$/);
});

test('twenty clicks at once create one product', async () => {
  await using graph = await openGraph({ seeded: true });
  const [mugs] = await graph.sql.rows(`SELECT id FROM category WHERE slug = 'mugs'`);
  const input = {
    title: 'Click',
    description: 'x',
    categoryId: `cat_${String(mugs?.['id']).replaceAll('-', '')}`,
    variants: [{ sku: 'CLICK-1', title: 'One', price: 100, currency: 'EUR' }],
  };
  const create = 'mutation ($input: ProductCreateInput!) { productCreate(input: $input) { product { id } userErrors { code } } }';

  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      graph.data<{ productCreate: { product: unknown; userErrors: { code: string }[] } }>(create, { input }, staffScopes),
    ),
  );

  expect(answers.filter(({ productCreate }) => productCreate.product !== null)).toHaveLength(1);
  expect(new Set(answers.flatMap(({ productCreate }) => productCreate.userErrors.map(({ code }) => code)))).toEqual(new Set(['CONFLICT']));
  expect(await graph.sql.number(`SELECT count(*) FROM product WHERE title = 'Click'`)).toBe(1);
});

test('of two editors who saw the same version one wins', async () => {
  await using graph = await openGraph({ seeded: true });
  const edit = (title: string) =>
    graph.data<{ productUpdate: { product: { version: number } | null; userErrors: unknown[] } }>(
      update,
      { input: { id: mugId, expectedVersion: 1, title } },
      staffScopes,
    );

  const answers = await Promise.all([edit('First'), edit('Second')]);

  const [won] = answers.filter(({ productUpdate }) => productUpdate.product !== null);
  const [lost] = answers.filter(({ productUpdate }) => productUpdate.product === null);
  expect(won?.productUpdate).toMatchObject({ product: { version: 2 }, userErrors: [] });
  expect(lost?.productUpdate).toMatchObject({ userErrors: [{ code: 'CONFLICT', field: ['expectedVersion'] }] });
  expect((await events(graph, mugId)).map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test('a price moves the range, the search row and the version; the price it has moves nothing', async () => {
  await using graph = await openGraph({ seeded: true });
  const set = (price: number) =>
    graph.data<{ variantPriceSet: unknown }>(
      'mutation ($input: VariantPriceInput!) { variantPriceSet(input: $input) { variant { price { amount } compareAtPrice { amount } product { version priceRange { min { amount } } } } userErrors { code } } }',
      { input: { variantId: whiteId, price, compareAtPrice: 1499, currency: 'EUR' } },
      staffScopes,
    );

  const expected = {
    variant: { price: { amount: 999 }, compareAtPrice: { amount: 1499 }, product: { version: 2, priceRange: { min: { amount: 999 } } } },
    userErrors: [],
  };
  expect((await set(999)).variantPriceSet).toEqual(expected);
  expect((await set(999)).variantPriceSet).toEqual(expected);

  expect(await events(graph, mugId)).toMatchObject([
    { sequence: 1 },
    { sequence: 2, type: 'ProductChanged', data: { variants: [{ sku: 'MUG-ENAMEL-WHITE', price: { amount: 999 } }, {}, {}] } },
  ]);
  expect(await graph.sql.number('SELECT price_min FROM product_search WHERE product_id = $1', [toUuid(mugId)])).toBe(999);
});

test('fifty clicks with one key change stock once; another request under that key is refused', async () => {
  await using graph = await openGraph({ seeded: true });
  const input = { variantId: whiteId, delta: -10, reason: 'Broken in transit', idempotencyKey: 'click' };
  const click = (changes: object = {}) =>
    graph.data<{ inventoryAdjust: { replayed: boolean; userErrors: { code: string }[] } }>(
      adjust,
      { input: { ...input, ...changes } },
      staffScopes,
    );

  const answers = await Promise.all(Array.from({ length: 50 }, () => click()));

  const executed = answers.filter(({ inventoryAdjust }) => inventoryAdjust.userErrors.length === 0 && !inventoryAdjust.replayed);
  expect(executed).toHaveLength(1);
  expect(
    new Set(answers.flatMap(({ inventoryAdjust }) => inventoryAdjust.userErrors.map(({ code }) => code))).difference(
      new Set(['IDEMPOTENCY_IN_PROGRESS']),
    ).size,
  ).toBe(0);
  expect((await click()).inventoryAdjust).toMatchObject({
    replayed: true,
    userErrors: [],
    variant: { inventory: { available: 4990, onHand: 4990, version: 2 } },
  });
  expect((await click({ delta: -11 })).inventoryAdjust).toMatchObject({
    replayed: false,
    userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
  });
  expect(
    await graph.sql.rows(`SELECT kind, quantity, reason, version FROM stock_movement WHERE variant_id = $1 ORDER BY version`, [
      toUuid(whiteId),
    ]),
  ).toEqual([
    { kind: 'OPENING', quantity: 5000, reason: null, version: 1 },
    { kind: 'ADJUSTED', quantity: -10, reason: 'Broken in transit', version: 2 },
  ]);
  expect(await events(graph, whiteId)).toMatchObject([{ sequence: 1 }, { sequence: 2, data: { available: 4990, status: 'IN_STOCK' } }]);
});

test('more than there is cannot be taken, and the key stays free for what can', async () => {
  await using graph = await openGraph({ seeded: true });
  const variantId = demoVariantIds.get('PRINT-LIMITED-3');
  const take = (delta: number) =>
    graph.data<{ inventoryAdjust: unknown }>(adjust, { input: { variantId, delta, reason: 'Lost', idempotencyKey: 'k' } }, staffScopes);

  expect((await take(-4)).inventoryAdjust).toEqual({
    variant: null,
    replayed: false,
    userErrors: [{ code: 'INSUFFICIENT_STOCK', field: ['delta'] }],
  });
  expect((await take(-3)).inventoryAdjust).toMatchObject({
    replayed: false,
    userErrors: [],
    variant: { inventory: { available: 0, status: 'OUT_OF_STOCK' } },
  });
});

test('what is on the shelf is seen with stock:read only; the rest of the answer stays', async () => {
  await using graph = await openGraph({ seeded: true });

  const { data, errors } = await graph.ask(`{ variants(ids: ["${whiteId}"]) { sku inventory { available onHand } } }`, {}, [
    'catalogue:write',
  ]);

  expect(data).toEqual({ variants: [{ sku: 'MUG-ENAMEL-WHITE', inventory: { available: 5000, onHand: null } }] });
  expect(errors).toMatchObject([{ path: ['variants', 0, 'inventory', 'onHand'], extensions: { code: 'FORBIDDEN' } }]);
});
