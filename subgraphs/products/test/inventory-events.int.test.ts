import { newId, type Id } from '@tally/kernel';
import { expect, test } from 'vitest';
import { demoVariantIds, productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph, staffScopes } from './graph.ts';

const white = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;
const print = demoVariantIds.get('PRINT-LIMITED-3') as Id<'var'>;

const begin = `query ($variantIds: [ID!]!) { inventoryEvents(variantIds: $variantIds) { sequence available status occurredAt variant { id sku } } }`;
const adjust = `mutation ($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) { userErrors { code } } }`;

interface Begun {
  readonly inventoryEvents: readonly {
    readonly sequence: number;
    readonly occurredAt: string;
    readonly variant: { readonly id: string };
  }[];
}

test('a stream of stock begins with the present level of each variant, in the order asked for, each once, the unknown left out', async () => {
  await using graph = await openGraph({ seeded: true });

  const { inventoryEvents } = await graph.data<Begun>(begin, { variantIds: [print, newId('var'), white, print] });

  expect(inventoryEvents).toMatchObject([
    { sequence: 1, available: 3, status: 'LOW', variant: { id: print, sku: 'PRINT-LIMITED-3' } },
    { sequence: 1, available: 5000, status: 'IN_STOCK', variant: { id: white, sku: 'MUG-ENAMEL-WHITE' } },
  ]);
});

test('after a change it begins with that change: its number, its level and its moment', async () => {
  await using graph = await openGraph({ seeded: true });
  const [before] = (await graph.data<Begun>(begin, { variantIds: [print] })).inventoryEvents;

  await graph.data(adjust, { input: { variantId: print, delta: -3, reason: 'Lost', idempotencyKey: 'k' } }, staffScopes);

  const [after] = (await graph.data<Begun>(begin, { variantIds: [print] })).inventoryEvents;
  expect(after).toMatchObject({ sequence: 2, available: 0, status: 'OUT_OF_STOCK' });
  const [row] = await graph.sql.rows(`SELECT payload::jsonb AS told, sequence::int FROM outbox WHERE key = $1 ORDER BY id DESC LIMIT 1`, [
    print,
  ]);
  expect(row).toMatchObject({ sequence: 2, told: { available: 0, status: 'OUT_OF_STOCK' } });
  expect(Date.parse(after?.occurredAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before?.occurredAt ?? ''));
});

test('levels cost one statement for 250 variants, and for two fields of one request', async () => {
  await using graph = await openGraph({ seeded: true, hotReadsMax: 0 });
  const rows = await graph.sql.rows('SELECT id FROM product_variant LIMIT 250');
  const variantIds = rows.map(({ id }) => `var_${String(id).replaceAll('-', '')}`);
  graph.statements();

  const all = await graph.data<{ inventoryEvents: unknown[] }>(
    'query ($variantIds: [ID!]!) { inventoryEvents(variantIds: $variantIds) { sequence available status occurredAt } }',
    { variantIds },
  );
  expect(all.inventoryEvents).toHaveLength(250);
  expect(graph.statements()).toHaveLength(1);

  await graph.data(
    `query ($a: [ID!]!, $b: [ID!]!) { a: inventoryEvents(variantIds: $a) { sequence } b: inventoryEvents(variantIds: $b) { available variant { sku } } }`,
    { a: variantIds.slice(0, 100), b: variantIds.slice(50) },
  );
  expect(graph.statements()).toHaveLength(2);
});

test('an id that is none, or of something else, or the 251st, is refused with the argument it came in', async () => {
  await using graph = await openGraph({ seeded: true });
  for (const variantIds of [['nonsense'], [white, productIdAt(0)], Array.from({ length: 251 }, () => white)]) {
    const { data, errors } = await graph.ask(begin, { variantIds });

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['inventoryEvents'], extensions: { code: 'BAD_USER_INPUT', argument: 'variantIds' } }]);
  }
  expect(await graph.data(begin, { variantIds: [] })).toEqual({ inventoryEvents: [] });
});

test('stock of what is not on sale begins a stream for staff only', async () => {
  await using graph = await openGraph({ seeded: true });
  await graph.data(
    'mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { userErrors { code } } }',
    { input: { id: productIdAt(0), expectedVersion: 1, status: 'DRAFT' } },
    staffScopes,
  );

  expect((await graph.data<Begun>(begin, { variantIds: [white, print] })).inventoryEvents.map(({ variant }) => variant.id)).toEqual([
    print,
  ]);
  expect((await graph.data<Begun>(begin, { variantIds: [white] }, ['catalogue:write'])).inventoryEvents).toHaveLength(1);
});

test('what an event of the stream does not carry is fetched by the id of its variant', async () => {
  await using graph = await openGraph({ seeded: true });

  const { _entities } = await graph.data<{ _entities: unknown[] }>(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on ProductVariant { sku price { amount } product { title } inventory { available version } } } }`,
    { representations: [print, newId('var')].map((id) => ({ __typename: 'ProductVariant', id })) },
  );

  expect(_entities).toEqual([
    {
      sku: 'PRINT-LIMITED-3',
      price: { amount: expect.any(Number) as number },
      product: { title: expect.any(String) as string },
      inventory: { available: 3, version: 1 },
    },
    null,
  ]);
});
