import { newId, type Id } from '@tally/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoVariantIds, productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph, staffScopes, type Graph } from './graph.ts';

let graph: Graph;
let categoryId: string;
beforeAll(async () => {
  graph = await openGraph({ seeded: true });
  categoryId = `cat_${String((await graph.sql.row(`SELECT id FROM category WHERE slug = 'mugs'`))['id']).replaceAll('-', '')}`;
});
afterAll(() => graph[Symbol.asyncDispose]());

/** How many rows there are, and which transaction wrote last: no write leaves both alone. */
const allRows = async () => {
  const tables = [
    'category',
    'seller',
    'product',
    'product_variant',
    'stock',
    'stock_movement',
    'stock_claim',
    'reservation',
    'product_search',
    'outbox',
    'inbox',
    'idempotency',
  ];
  const sums = tables.map((table) => `SELECT '${table}' AS name, count(*), max(xmin::text::bigint) FROM ${table}`);
  return JSON.stringify(await graph.sql.rows(sums.join(' UNION ALL ')));
};

const mutations = {
  productCreate:
    'mutation ($input: ProductCreateInput!) { result: productCreate(input: $input) { entity: product { id } userErrors { code field } } }',
  productUpdate:
    'mutation ($input: ProductUpdateInput!) { result: productUpdate(input: $input) { entity: product { id } userErrors { code field } } }',
  variantPriceSet:
    'mutation ($input: VariantPriceInput!) { result: variantPriceSet(input: $input) { entity: variant { id } userErrors { code field } } }',
  inventoryAdjust:
    'mutation ($input: InventoryAdjustInput!) { result: inventoryAdjust(input: $input) { entity: variant { id } userErrors { code field } } }',
} as const;

const white = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;
const variant = { sku: 'BAD-1', title: 'One', price: 100, currency: 'EUR' };
const created = (changes: object) => ({ title: 'T', description: 'D', categoryId, variants: [variant], ...changes });
const createdWith = (changes: object) => created({ variants: [{ ...variant, ...changes }] });
const updated = (changes: object) => ({ id: productIdAt(0), expectedVersion: 1, ...changes });
const priced = (changes: object) => ({ variantId: white, price: 100, currency: 'EUR', ...changes });
const adjusted = (changes: object) => ({ variantId: white, delta: 1, reason: 'R', idempotencyKey: 'k', ...changes });

const refusals: readonly (readonly [
  what: string,
  mutation: keyof typeof mutations,
  input: () => object,
  code: string,
  field: readonly string[],
])[] = [
  ['a malformed category', 'productCreate', () => created({ categoryId: 'mugs' }), 'NOT_FOUND', ['categoryId']],
  ['an unknown category', 'productCreate', () => created({ categoryId: newId('cat') }), 'NOT_FOUND', ['categoryId']],
  ['an id of another type', 'productCreate', () => created({ categoryId: productIdAt(0) }), 'NOT_FOUND', ['categoryId']],
  ['a blank title', 'productCreate', () => created({ title: ' \t ' }), 'INVALID', ['title']],
  ['a title that PostgreSQL cannot hold', 'productCreate', () => created({ title: 'a\u0000b' }), 'INVALID', ['title']],
  ['a title beyond its limit', 'productCreate', () => created({ title: 'x'.repeat(201) }), 'INVALID', ['title']],
  ['a description beyond its limit', 'productCreate', () => created({ description: 'x'.repeat(10_001) }), 'INVALID', ['description']],
  ['half a character', 'productCreate', () => created({ description: 'a\ud800' }), 'INVALID', ['description']],
  ['no variants', 'productCreate', () => created({ variants: [] }), 'INVALID', ['variants']],
  [
    'too many variants',
    'productCreate',
    () => created({ variants: Array.from({ length: 101 }, (_, index) => ({ ...variant, sku: `BAD-${index}` })) }),
    'INVALID',
    ['variants'],
  ],
  ['a SKU twice', 'productCreate', () => created({ variants: [variant, variant] }), 'INVALID', ['variants', '1', 'sku']],
  ['a SKU that exists', 'productCreate', () => createdWith({ sku: 'MUG-ENAMEL-WHITE' }), 'CONFLICT', ['variants', '0', 'sku']],
  ['a SKU in small letters', 'productCreate', () => createdWith({ sku: 'bad 1' }), 'INVALID', ['variants', '0', 'sku']],
  [
    'two currencies',
    'productCreate',
    () => created({ variants: [variant, { ...variant, sku: 'BAD-2', currency: 'USD' }] }),
    'INVALID',
    ['variants', '1', 'currency'],
  ],
  ['a price of zero', 'productCreate', () => createdWith({ price: 0 }), 'INVALID', ['variants', '0', 'price']],
  ['a negative price', 'productCreate', () => createdWith({ price: -1 }), 'INVALID', ['variants', '0', 'price']],
  ['a huge price', 'productCreate', () => createdWith({ price: Number.MAX_SAFE_INTEGER }), 'INVALID', ['variants', '0', 'price']],
  ['negative opening stock', 'productCreate', () => createdWith({ onHand: -1 }), 'INVALID', ['variants', '0', 'onHand']],
  ['huge opening stock', 'productCreate', () => createdWith({ onHand: 2_147_483_647 }), 'INVALID', ['variants', '0', 'onHand']],
  ['a negative weight', 'productCreate', () => createdWith({ weightGrams: -1 }), 'INVALID', ['variants', '0', 'weightGrams']],
  [
    'an option twice',
    'productCreate',
    () =>
      createdWith({
        options: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      }),
    'INVALID',
    ['variants', '0', 'options'],
  ],
  [
    'an attribute nobody defined',
    'productCreate',
    () => created({ attributes: [{ name: 'taste', value: 'good' }] }),
    'INVALID',
    ['attributes', '0', 'name'],
  ],
  [
    'an attribute beyond its choices',
    'productCreate',
    () => created({ attributes: [{ name: 'material', value: 'Cheese' }] }),
    'INVALID',
    ['attributes', '0', 'value'],
  ],
  [
    'a number that is none',
    'productCreate',
    () => created({ attributes: [{ name: 'warranty', value: 'ten' }] }),
    'INVALID',
    ['attributes', '0', 'value'],
  ],
  ['too many tags', 'productCreate', () => created({ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }), 'INVALID', ['tags']],
  ['an empty tag', 'productCreate', () => created({ tags: [''] }), 'INVALID', ['tags']],

  ['an unknown product', 'productUpdate', () => updated({ id: newId('prod'), title: 'x' }), 'NOT_FOUND', ['id']],
  ['a malformed product id', 'productUpdate', () => updated({ id: 'x', title: 'x' }), 'NOT_FOUND', ['id']],
  ['a version that has moved', 'productUpdate', () => updated({ expectedVersion: 2, title: 'x' }), 'CONFLICT', ['expectedVersion']],
  ['a blank new title', 'productUpdate', () => updated({ title: '' }), 'INVALID', ['title']],
  [
    'an attribute nobody defined, later',
    'productUpdate',
    () => updated({ attributes: [{ name: 'taste', value: 'x' }] }),
    'INVALID',
    ['attributes', '0', 'name'],
  ],

  ['an unknown variant', 'variantPriceSet', () => priced({ variantId: newId('var') }), 'NOT_FOUND', ['variantId']],
  ['the id of a product', 'variantPriceSet', () => priced({ variantId: productIdAt(0) }), 'NOT_FOUND', ['variantId']],
  ['a new price of zero', 'variantPriceSet', () => priced({ price: 0 }), 'INVALID', ['price']],
  ['a huge new price', 'variantPriceSet', () => priced({ price: 1_000_000_000_001 }), 'INVALID', ['price']],
  ['another currency', 'variantPriceSet', () => priced({ currency: 'USD' }), 'INVALID', ['currency']],
  ['a reduction upwards', 'variantPriceSet', () => priced({ compareAtPrice: 100 }), 'INVALID', ['compareAtPrice']],

  ['stock of an unknown variant', 'inventoryAdjust', () => adjusted({ variantId: newId('var') }), 'NOT_FOUND', ['variantId']],
  ['a malformed variant id', 'inventoryAdjust', () => adjusted({ variantId: '' }), 'NOT_FOUND', ['variantId']],
  ['a change of nothing', 'inventoryAdjust', () => adjusted({ delta: 0 }), 'INVALID', ['delta']],
  ['a huge change', 'inventoryAdjust', () => adjusted({ delta: 2_147_483_647 }), 'INVALID', ['delta']],
  ['a sum that is huge', 'inventoryAdjust', () => adjusted({ delta: 1_000_000_000 }), 'INVALID', ['delta']],
  ['the smallest number there is', 'inventoryAdjust', () => adjusted({ delta: -2_147_483_648 }), 'INVALID', ['delta']],
  ['more than there is', 'inventoryAdjust', () => adjusted({ delta: -5_001 }), 'INSUFFICIENT_STOCK', ['delta']],
  ['no reason', 'inventoryAdjust', () => adjusted({ reason: ' ' }), 'INVALID', ['reason']],
  ['an empty key', 'inventoryAdjust', () => adjusted({ idempotencyKey: '' }), 'INVALID', ['idempotencyKey']],
  ['an oversized key', 'inventoryAdjust', () => adjusted({ idempotencyKey: 'k'.repeat(256) }), 'INVALID', ['idempotencyKey']],
  ['a key that is not printable', 'inventoryAdjust', () => adjusted({ idempotencyKey: 'a\nb' }), 'INVALID', ['idempotencyKey']],
];

test.each(refusals)('A14 %s in %s is a user error, and no row changes', async (_, mutation, input, code, field) => {
  const before = await allRows();

  const { data, errors } = await graph.ask(mutations[mutation], { input: input() }, staffScopes);

  expect(errors).toBeUndefined();
  expect(data).toEqual({ result: { entity: null, userErrors: [{ code, field }] } });
  expect(await allRows()).toBe(before);
});

test.each(Object.keys(mutations) as (keyof typeof mutations)[])('%s is refused without its scope, and no row changes', async (mutation) => {
  const before = await allRows();
  const input = {
    productCreate: created({}),
    productUpdate: updated({ title: 'x' }),
    variantPriceSet: priced({}),
    inventoryAdjust: adjusted({}),
  }[mutation];

  const anonymous = await graph.ask(mutations[mutation], { input });
  const wrong = await graph.ask(mutations[mutation], { input }, [
    'stock:read',
    mutation === 'inventoryAdjust' ? 'catalogue:write' : 'stock:write',
  ]);

  expect(anonymous).toMatchObject({ data: { result: null }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  expect(wrong).toMatchObject({ data: { result: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  expect(await allRows()).toBe(before);
});

const queries: readonly (readonly [what: string, query: string, variables: object])[] = [
  ['a malformed product id', '{ product(id: "x") { id } }', {}],
  ['an id of another type', `{ product(id: "${white}") { id } }`, {}],
  ['neither id nor slug', '{ product { id } }', {}],
  ['both id and slug', `{ product(id: "${productIdAt(0)}", slug: "enamel-mug") { id } }`, {}],
  ['a malformed seller id', '{ seller(id: "") { id } }', {}],
  ['a malformed parent', '{ categories(parentId: "root") { id } }', {}],
  ['a malformed variant id among good ones', `{ variants(ids: ["${white}", "x"]) { id } }`, {}],
  ['too many ids', 'query ($ids: [ID!]!) { variants(ids: $ids) { id } }', { ids: Array.from({ length: 251 }, () => white) }],
  ['a page of nothing', '{ products(first: 0) { totalCount } }', {}],
  ['a page too large', '{ products(first: 101) { totalCount } }', {}],
  ['a negative page', '{ products(last: -1) { totalCount } }', {}],
  ['both ends at once', '{ products(first: 1, last: 1) { totalCount } }', {}],
  ['a cursor for the other way', '{ products(first: 1, before: "x") { totalCount } }', {}],
  ['words without end', 'query ($query: String) { products(query: $query) { totalCount } }', { query: 'x'.repeat(201) }],
  ['words that PostgreSQL cannot hold', 'query ($query: String) { products(query: $query) { totalCount } }', { query: 'a\u0000b' }],
  ['a malformed category in the filter', '{ products(filter: { categoryIds: ["mugs"] }) { totalCount } }', {}],
  ['a variant page too large', '{ product(slug: "enamel-mug") { variants(first: 101) { totalCount } } }', {}],
  ['a made-up variant cursor', '{ product(slug: "enamel-mug") { variants(after: "x") { totalCount } } }', {}],
];

test.each(queries)('%s is BAD_USER_INPUT', async (_, query, variables) => {
  const { errors } = await graph.ask(query, variables as Record<string, unknown>);

  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
});

test('an enum value nobody knows is refused before anything runs', async () => {
  graph.statements();

  const { errors } = await graph.ask('{ products(sort: CHEAPEST) { totalCount } }');

  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  expect(graph.statements()).toEqual([]);
});

test('search words are words: what looks like SQL or an operator harms nothing', async () => {
  for (const query of [`'; DROP TABLE product; --`, '&|!():*', '"unclosed', '%', '\\', '<->', 'OR OR OR', '-', 'ﷺ', '🫖']) {
    const { errors } = await graph.ask('query ($query: String) { products(query: $query) { totalCount edges { cursor } } }', { query });
    expect(errors, query).toBeUndefined();
  }
});
