import { lockedSequence, outgoing } from '@tally/events';
import { newId, toUuid, type Id } from '@tally/kernel';
import { createPostgresEventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { allTopics } from '@tally/subgraph-kit';
import { eventually, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { demoVariantIds, productIdAt } from '../../../prisma/products/seed.ts';
import { createHotReads } from '../src/adapters/memory/hot-reads.ts';
import { forgetWritten } from '../src/use-cases/forget-written.ts';
import { createHotCatalogue } from '../src/use-cases/hot-catalogue.ts';
import { createUseCases } from '../src/use-cases/index.ts';
import { openGraph, staffScopes, type Graph } from './graph.ts';
import { openWorld, silent } from './world.ts';

const mugId = productIdAt(0);
const white = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;
const page = `{ product(id: "${mugId}") { title version status priceRange { min { amount } } category { name } seller { name } } variants(ids: ["${white}"]) { price { amount } } }`;
const setPrice = `mutation ($input: VariantPriceInput!) { variantPriceSet(input: $input) { variant { price { amount } product { version priceRange { min { amount } } } } userErrors { code } } }`;
const update = `mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { product { version title status } userErrors { code } } }`;
const priced = (price: number) => ({ input: { variantId: white, price, currency: 'EUR' } });
const shown = (graph: Graph) => graph.data<{ product: { title: string } | null; variants: [{ price: { amount: number } } | null] }>(page);

/** Asks until the rows of the page come from memory: from then on the events of the catalogue arrive. */
const warm = (graph: Graph): Promise<true> =>
  eventually(async () => {
    graph.statements();
    await shown(graph);
    return graph.statements().length === 0 && (true as const);
  });

test('what was read once is read from memory: product, variant, category and seller', async () => {
  await using graph = await openGraph({ seeded: true });
  const first = await shown(graph);

  await warm(graph);

  expect(await shown(graph)).toEqual(first);
  expect(graph.statements()).toEqual([]);
});

test('a reference is resolved from memory as it is from the database', async () => {
  await using graph = await openGraph({ seeded: true });
  const { product } = await graph.data<{ product: { category: { id: string }; seller: { id: string } } }>(
    `{ product(id: "${mugId}") { category { id } seller { id } } }`,
  );
  const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    __typename ... on Product { title } ... on ProductVariant { sku } ... on Category { name } ... on Seller { slug } } }`;
  const representations = [
    { __typename: 'Product', id: mugId },
    { __typename: 'ProductVariant', id: white },
    { __typename: 'Category', id: product.category.id },
    { __typename: 'Seller', id: product.seller.id },
  ];
  await warm(graph);
  const first = await graph.data<{ _entities: readonly unknown[] }>(entities, { representations });

  graph.statements();
  const again = await graph.data(entities, { representations });

  expect(again).toEqual(first);
  expect(graph.statements()).toEqual([]);
  expect(first._entities).toMatchObject([
    { __typename: 'Product' },
    { __typename: 'ProductVariant', sku: 'MUG-ENAMEL-WHITE' },
    { __typename: 'Category' },
    { __typename: 'Seller' },
  ]);
});

test('a page in use costs what cannot be kept: search, variants of a product, counts, and stock', async () => {
  await using graph = await openGraph({ seeded: true });
  const list = `query ($first: Int) { products(first: $first, sort: NEWEST) { totalCount edges { node {
    slug category { name path parent { name } } seller { name } variants(first: 3) { totalCount edges { node { sku inventory { available } product { title } } } } } } } }`;
  await warm(graph);
  const cost = async (first: number) => {
    graph.statements();
    await graph.data(list, { first });
    return graph.statements();
  };

  await cost(100);
  const used = await cost(100);

  expect(used).toHaveLength(5);
  expect(used.filter((text) => text.includes('FROM stock'))).toHaveLength(1);
  expect(await cost(1)).toHaveLength(5);
});

test('stock is read as it is, however warm its variant', async () => {
  await using graph = await openGraph({ seeded: true });
  const stock = `{ variants(ids: ["${white}"]) { inventory { available version } } }`;
  await warm(graph);
  await graph.data(stock);

  await graph.sql.execute('UPDATE stock SET available = 7, version = 2 WHERE variant_id = $1', [toUuid(white)]);

  expect(await graph.data(stock)).toEqual({ variants: [{ inventory: { available: 7, version: 2 } }] });
});

test('switched off, every read asks the database', async () => {
  await using graph = await openGraph({ seeded: true, hotReadsMax: 0 });
  await shown(graph);
  graph.statements();

  await shown(graph);

  expect(graph.statements()).toHaveLength(4);
});

test('a mutation and the reads after it see what it wrote, also twice in one request', async () => {
  await using graph = await openGraph({ seeded: true });
  await warm(graph);

  expect((await graph.data<{ variantPriceSet: unknown }>(setPrice, priced(999), staffScopes)).variantPriceSet).toEqual({
    variant: { price: { amount: 999 }, product: { version: 2, priceRange: { min: { amount: 999 } } } },
    userErrors: [],
  });
  expect(await shown(graph)).toMatchObject({ product: { version: 2 }, variants: [{ price: { amount: 999 } }] });

  const twice = `mutation ($a: VariantPriceInput!, $b: VariantPriceInput!) {
    a: variantPriceSet(input: $a) { variant { price { amount } product { version } } } b: variantPriceSet(input: $b) { variant { price { amount } product { version } } } }`;
  expect(await graph.data(twice, { a: priced(888).input, b: priced(777).input }, staffScopes)).toEqual({
    a: { variant: { price: { amount: 888 }, product: { version: 3 } } },
    b: { variant: { price: { amount: 777 }, product: { version: 4 } } },
  });
});

test('who may see a row is decided for each viewer, whoever warmed it', async () => {
  await using graph = await openGraph({ seeded: true });
  await warm(graph);
  await graph.data(update, { input: { id: mugId, expectedVersion: 1, status: 'DRAFT' } }, staffScopes);

  const staff = () => graph.data(page, {}, ['catalogue:write']);
  await staff();
  expect(await staff()).toMatchObject({ product: { status: 'DRAFT' }, variants: [{ price: {} }] });

  expect(await shown(graph)).toEqual({ product: null, variants: [null] });
  expect(await staff()).toMatchObject({ product: { status: 'DRAFT' } });
});

test('an editor of a version that memory still shows is refused by the database', async () => {
  await using graph = await openGraph({ seeded: true });
  await warm(graph);
  await graph.sql.execute(`UPDATE product SET version = 2, title = 'Elsewhere' WHERE id = $1`, [toUuid(mugId)]);
  expect(await shown(graph)).toMatchObject({ product: { version: 1 } });

  const stale = await graph.data(update, { input: { id: mugId, expectedVersion: 1, title: 'Mine' } }, staffScopes);

  expect(stale).toEqual({ productUpdate: { product: null, userErrors: [{ code: 'CONFLICT' }] } });
});

test('a price set by another process is seen once its event has arrived', async () => {
  await using graph = await openGraph({ seeded: true });
  await using log = createPostgresEventLog({
    databaseUrl: graph.database.urls.event_log.app,
    topics: allTopics(),
    logger: createLogger({ service: 'elsewhere', level: 'silent' }),
  });
  await warm(graph);
  await graph.sql.execute('UPDATE product_variant SET amount = 555 WHERE id = $1', [toUuid(white)]);
  expect((await shown(graph)).variants[0]?.price.amount).toBe(1499);

  const variant = { id: white, sku: 'S', title: 'T', price: { amount: 555, currency: 'EUR' }, taxClass: 'STANDARD', weightGrams: 0 };
  const product = { product: { id: mugId }, slug: 'enamel-mug', title: 'T', category: { id: newId('cat') }, seller: { id: newId('sell') } };
  const changed = { ...product, variants: [{ ...variant, sellable: true }] };
  const { id, topic, key, type, data } = outgoing('products.catalogue.v1', 'ProductChanged', {
    key: mugId,
    sequence: lockedSequence(2),
    data: changed,
  });
  const record = { topic, key, eventId: id, type, sequence: 2, time: new Date(), traceparent: null, tracestate: null };
  await log.append([{ ...record, payload: JSON.stringify(data) }]);

  await eventually(async () => {
    expect((await shown(graph)).variants[0]?.price.amount).toBe(555);
  });
});

test('two processes that change and read one product agree in the end', { timeout: 60_000 }, async () => {
  await using one = await openGraph({ seeded: true, worker: true });
  await using other = await one.beside();
  await warm(one);
  await warm(other);

  await other.data(setPrice, priced(999), staffScopes);
  await one.data(update, { input: { id: mugId, expectedVersion: 2, title: 'Mug of two' } }, staffScopes);

  const expected = { product: { version: 3, title: 'Mug of two' }, variants: [{ price: { amount: 999 } }] };
  for (const graph of [one, other])
    await eventually(
      async () => {
        expect(await shown(graph)).toMatchObject(expected);
      },
      { timeoutMs: 15_000 },
    );
});

test('while the log is away everything is read from the database, and kept again when it is back', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true });
  await using owner = await openSql(graph.database.urls.event_log.owner);
  await warm(graph);

  await owner.execute('ALTER TABLE topic_head RENAME TO gone');
  await graph.sql.execute(`UPDATE product SET title = 'Changed meanwhile' WHERE id = $1`, [toUuid(mugId)]);
  await eventually(
    async () => {
      expect((await shown(graph)).product?.title).toBe('Changed meanwhile');
    },
    { timeoutMs: 15_000 },
  );
  graph.statements();
  await shown(graph);
  expect(graph.statements()).toHaveLength(4);

  await owner.execute('ALTER TABLE gone RENAME TO topic_head');
  await eventually(() => warm(graph), { timeoutMs: 15_000 });
});

test('a read that was held while the product changed gives its old value to nobody who came later', async () => {
  await using world = await openWorld();
  const { id, variantIds } = await world.aProduct({ title: 'Before', prices: [1000] });
  const refused: string[] = [];
  const held = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<undefined>();
  let hold = true;
  // The statement has answered; what it says is on its way.
  const onItsWay = async <T>(rows: Promise<T>): Promise<T> => {
    const answer = await rows;
    if (hold) {
      hold = false;
      reached.resolve(undefined);
      await held.promise;
    }
    return answer;
  };
  const hot = createHotCatalogue({
    reads: { ...world.reads, productsById: (ids) => onItsWay(world.reads.productsById(ids)) },
    hotReads: createHotReads({ maxRows: 100 }),
    telemetry: { ...silent, hotReadRefused: (kind, rows) => refused.push(`${kind} ${rows}`) },
  });
  const { setVariantPrice } = createUseCases({
    transact: forgetWritten(world.transact, hot),
    reads: hot.reads,
    search: { page: () => Promise.reject(new Error('not searched')), count: () => Promise.reject(new Error('not searched')) },
    clock: () => new Date(),
    telemetry: silent,
  });
  await hot.serve();
  const priceNow = async () => (await hot.reads.productsById([id]))[0]?.prices.min.amount;

  const early = priceNow();
  await reached.promise;
  await setVariantPrice({ variantId: variantIds[0], price: 2000, compareAt: null, currency: 'EUR' });
  const afterTheWrite = await priceNow();
  held.resolve(undefined);

  expect([await early, afterTheWrite]).toEqual([1000, 2000]);
  expect(refused.filter((line) => line !== 'product 0')).toEqual(['product 1']);
  world.statements();
  expect(await priceNow()).toBe(2000);
  expect(world.statements()).toEqual([]);
});

test('a hundred readers of a cold product cost one statement', async () => {
  await using world = await openWorld();
  const { id } = await world.aProduct();
  const counted: string[] = [];
  const hot = createHotCatalogue({
    reads: world.reads,
    hotReads: createHotReads({ maxRows: 100 }),
    telemetry: { ...silent, hotRead: (kind, result, rows) => counted.push(...Array.from({ length: rows }, () => `${kind} ${result}`)) },
  });
  await hot.reads.productsById([id]);
  await hot.serve();
  world.statements();

  const read = await Promise.all(Array.from({ length: 100 }, () => hot.reads.productsById([id])));
  const again = await hot.reads.productsById([id]);

  expect(world.statements()).toHaveLength(1);
  expect(read.every(([product]) => product?.id === id)).toBe(true);
  expect(again).toEqual(await world.reads.productsById([id]));
  expect(
    Object.fromEntries(
      Map.groupBy(counted, (line) => line)
        .entries()
        .map(([line, all]) => [line, all.length]),
    ),
  ).toEqual({
    'product bypass': 1,
    'product miss': 100,
    'product hit': 1,
  });
});

test('a product is forgotten also when the answer of its commit was lost', async () => {
  await using world = await openWorld();
  const { id } = await world.aProduct();
  const hot = createHotCatalogue({ reads: world.reads, hotReads: createHotReads({ maxRows: 100 }), telemetry: silent });
  await hot.serve();
  const [product] = await hot.reads.productsById([id]);
  const transact = forgetWritten(async (work) => {
    await world.transact(work);
    throw new Error('the connection broke');
  }, hot);

  const writing = transact(async ({ catalogue }) => {
    const locked = await catalogue.lock(id);
    if (locked !== null) await catalogue.replace({ ...locked, title: 'Committed', version: locked.version + 1 });
  });

  await expect(writing).rejects.toThrow('the connection broke');
  expect([product?.title, (await hot.reads.productsById([id]))[0]?.title]).toEqual(['A thing', 'Committed']);
});
