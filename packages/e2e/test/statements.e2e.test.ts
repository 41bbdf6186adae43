import { readdirSync, readFileSync } from 'node:fs';
import { newId, toUuid } from '@tally/kernel';
import { freshKey, openSql, type ClonedDatabase } from '@tally/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationName } from '../src/client/answers.ts';
import { documentOf } from '../src/client/documents.ts';
import { createPeople } from '../src/client/people.ts';
import { homeAddress, type Line, type Shopper } from '../src/client/shopper.ts';
import type { SoldProduct, Staff } from '../src/client/staff.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';

const sizes = [1, 10, 100] as const;
type Size = (typeof sizes)[number];

/** One way to send a query with so many things on its page. */
interface Sized {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

/** Statements of all subgraphs per query, BEGIN and COMMIT included. A number may fall; raising one needs a reason in the commit. */
const committed = JSON.parse(readFileSync(new URL('../statement-counts.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, number>
>;

const stack = new AsyncDisposableStack();
let sent = 0;
let world: World;
let pages: Readonly<Partial<Record<OperationName, (size: Size) => Sized>>>;

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  const system = stack.use(await startInOneProcess(database, { limits: 'load', hotReadsMax: 0, onStatement: () => (sent += 1) }));
  world = stack.use(openWorld(system.urls));
  const people = createPeople(world.graph, system.keys.users);
  pages = { ...(await preparePages(database.urls.products.app, people)), ...(await prepareTrouble(database, people)) };
  await system.platform.caughtUp();
}, 180_000);
afterAll(() => stack.disposeAsync());

const queries = readdirSync(new URL('../../../operations/', import.meta.url))
  .flatMap((file) => (file.endsWith('.graphql') ? [file.replace('.graphql', '') as OperationName] : []))
  .filter((name) => documentOf(name).startsWith('query'));

describe('statements of a query do not grow with its page', () => {
  test.for(queries)('%s', async (name) => {
    const counts: Partial<Record<Size, number>> = {};
    for (const size of sizes) counts[size] = await statementsOf(name, size);

    expect(counts[10], `10 on the page: ${JSON.stringify(counts)}`).toBeLessThanOrEqual(counts[1] ?? 0);
    expect(counts[100], `100 on the page: ${JSON.stringify(counts)}`).toBeLessThanOrEqual(counts[1] ?? 0);
    expect(counts[1], `statement-counts.json says ${String(committed[name])}`).toBeLessThanOrEqual(committed[name] ?? 0);
  });
});

test('statement-counts.json names every query of operations/ and nothing else', () => {
  expect(Object.keys(committed).sort()).toEqual([...queries].sort());
});

/** The fewest of three: jobs and consumers send statements in between. */
async function statementsOf(name: OperationName, size: Size): Promise<number> {
  const page = pages[name]?.(size);
  if (page === undefined) throw new Error(`${name} is not measured: say in preparePages what a page of it is`);
  const options = page.token === undefined ? {} : { token: page.token };
  await world.graph.ask(name, page.variables, options);
  const counts: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const before = sent;
    await world.graph.ask(name, page.variables, options);
    counts.push(sent - before);
  }
  return Math.min(...counts);
}

async function preparePages(
  productsUrl: string,
  people: ReturnType<typeof createPeople>,
): Promise<Readonly<Partial<Record<OperationName, (size: Size) => Sized>>>> {
  const staff = await people.staff();
  const word = freshKey('widget').replace('-', '');
  const products = await createMany(staff, 100, { title: `Blue ${word}`, stock: [1_000] });
  const variantIds = products.flatMap(({ variants }) => variants.map(({ id }) => id));
  const lines = (size: number): readonly Line[] => variantIds.slice(0, size).map((variantId) => ({ variantId, quantity: 1 }));
  const wide = await bySize(async (size) => (await staff.createProduct({ stock: Array.from({ length: size }, () => 1) })).slug);
  const parents = await bySize((size) => aCategoryWithChildren(productsUrl, size));
  const carts = await bySize(async (size) => {
    const { cartLinesAdd } = await world.graph.ask('CartLinesAdd', { input: { lines: lines(size) } });
    return cartLinesAdd?.cart?.id;
  });
  const shopper = await withCard(people);
  const orders = await bySize(async (size) => {
    const { id } = await shopper.order({ lines: lines(size) });
    await shopper.until(id, 'PROCESSING');
    return id;
  });
  // Its page is fixed at ten orders: more of them, then more lines in each.
  const accounts = await bySize((size) => withOrders(people, Math.min(size, 10), lines(Math.max(1, size / 10))));

  const ofShopper = (variables: (size: Size) => Readonly<Record<string, unknown>>) => (size: Size) => ({
    variables: variables(size),
    token: shopper.token,
  });
  return {
    Account: (size) => ({ variables: {}, token: accounts[size] }),
    CartPage: (size) => ({ variables: { id: carts[size], shippingAddress: homeAddress } }),
    Categories: (size) => ({ variables: { parentId: parents[size] } }),
    CategoryForm: (size) => ({ variables: { parentId: parents[size] } }),
    Nodes: ofShopper((size) => ({ ids: products.slice(0, size).map(({ id }) => id) })),
    OrderPage: ofShopper((size) => ({ id: orders[size] })),
    OrderStatus: ofShopper((size) => ({ id: orders[size] })),
    PaymentAttempts: (size) => ({ variables: { orderId: orders[size] }, token: staff.token }),
    ProductList: (size) => ({ variables: { first: size } }),
    ProductPage: (size) => ({ variables: { slug: wide[size] } }),
    ProductSearch: (size) => ({ variables: { query: word, first: size } }),
    VariantStock: (size) => ({ variables: { ids: variantIds.slice(0, size) } }),
  };
}

/** Every order and payment so far waits for somebody, and every subgraph has a hundred parked keys that somebody looked at. */
async function prepareTrouble(
  { urls }: Pick<ClonedDatabase, 'urls'>,
  people: ReturnType<typeof createPeople>,
): Promise<Readonly<Partial<Record<OperationName, (size: Size) => Sized>>>> {
  const token = await people.token({ scopes: ['operations:read', 'orders:read:any', 'payments:read'] });
  for (const subgraph of ['products', 'orders', 'payments', 'users', 'notifications'] as const) {
    await using sql = await openSql(urls[subgraph].app);
    await sql.execute(
      `INSERT INTO parked_key (consumer, topic, key, parked_at) SELECT 'measured', 'none', n::text, now() FROM generate_series(1, 100) n`,
    );
    await sql.execute(
      `INSERT INTO intervention (actor, action, subject, reason) SELECT 'nobody', 'redrive', n::text, 'measured' FROM generate_series(1, 100) n`,
    );
    if (subgraph === 'orders') await sql.execute(`UPDATE saga SET needs_attention = true, attention = 'measured'`);
    if (subgraph === 'payments') await sql.execute(`UPDATE payment SET attention = 'measured'`);
  }
  const page = (first: Size): Sized => ({ variables: { first }, token });
  return { Trouble: page, ParkedKeys: page, Interventions: page };
}

async function bySize<Value>(make: (size: Size) => Promise<Value>): Promise<Readonly<Record<Size, Value>>> {
  return { 1: await make(1), 10: await make(10), 100: await make(100) };
}

async function createMany(staff: Staff, count: number, wish: Parameters<Staff['createProduct']>[0]): Promise<readonly SoldProduct[]> {
  const created: SoldProduct[] = [];
  while (created.length < count) created.push(...(await Promise.all(Array.from({ length: 10 }, () => staff.createProduct(wish)))));
  return created;
}

async function aCategoryWithChildren(productsUrl: string, children: number): Promise<string> {
  await using sql = await openSql(productsUrl);
  const parent = newId('cat');
  const insert = `INSERT INTO category (id, slug, name, parent_id, path, ancestor_ids) VALUES ($1, $2, $2, $3, ARRAY[$2], $4)`;
  await sql.execute(insert, [toUuid(parent), parent, null, []]);
  for (let child = 0; child < children; child += 1) {
    const id = newId('cat');
    await sql.execute(insert, [toUuid(id), id, toUuid(parent), [toUuid(parent)]]);
  }
  return parent;
}

async function withCard(people: ReturnType<typeof createPeople>): Promise<Shopper> {
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  return shopper;
}

/** A registered buyer with so many orders of these lines. @returns their token. */
async function withOrders(people: ReturnType<typeof createPeople>, count: number, lines: readonly Line[]): Promise<string> {
  const shopper = await withCard({ ...people, buyer: () => world.newcomer() });
  for (let order = 0; order < count; order += 1) await shopper.until((await shopper.order({ lines })).id, 'PROCESSING');
  return shopper.token;
}
