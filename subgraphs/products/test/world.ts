import { createIdFactory, newId, toUuid, type Id } from '@tally/kernel';
import type { Sql as MessagingSql } from '@tally/messaging';
import { createTransact, prismaAdapter, sqlOf, type Transact } from '@tally/subgraph-kit';
import { cloneDatabase, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { createCatalogueReads } from '../src/adapters/prisma/catalogue-reads.ts';
import { createCatalogueSearch } from '../src/adapters/prisma/catalogue-search.ts';
import { createCatalogueStore } from '../src/adapters/prisma/catalogue-store.ts';
import { createMisspelt } from '../src/adapters/prisma/misspelt.ts';
import { createStockStore } from '../src/adapters/prisma/stock-store.ts';
import { movementEffect, type MovementKind } from '../src/domain/stock.ts';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import type { CatalogueReads } from '../src/ports/catalogue-reads.ts';
import type { CatalogueStore } from '../src/ports/catalogue-store.ts';
import type { StockStore } from '../src/ports/stock-store.ts';
import type { Telemetry } from '../src/telemetry.ts';
import { createUseCases, type UseCases } from '../src/use-cases/index.ts';

/** This subgraph's storage and use cases on a database of their own; nothing listens and nothing is consumed. */
export interface World extends AsyncDisposable {
  readonly database: ClonedDatabase;
  /** What the test prepares and asserts, with the app's rights. */
  readonly sql: Sql;
  /** The app's own client, as its adapters use it. */
  readonly appSql: MessagingSql;
  readonly transact: Transact<{ catalogue: CatalogueStore; stock: StockStore }>;
  readonly useCases: UseCases;
  readonly reads: CatalogueReads;
  /** Text of every statement the app sent since the last call. */
  statements(): readonly string[];
  aCategory(options?: { name?: string; attributes?: readonly object[]; under?: Id<'cat'> }): Promise<Id<'cat'>>;
  /** A product on sale with one variant per number: that many in stock. */
  aProduct(options?: {
    stock?: readonly number[];
    title?: string;
    categoryId?: Id<'cat'>;
    tags?: readonly string[];
    prices?: readonly number[];
  }): Promise<AProduct>;
  /** What is wrong with the stock of all variants, by the movement ledger and the reservations; empty when nothing is. */
  stockProblems(): Promise<readonly string[]>;
}

export interface AProduct {
  readonly id: Id<'prod'>;
  readonly variantIds: readonly [Id<'var'>, ...Id<'var'>[]];
  readonly skus: readonly string[];
}

export const silent: Telemetry = {
  stockAnswered: () => undefined,
  stockCommitted: () => undefined,
  stockReleased: () => undefined,
  stockAdjusted: () => undefined,
  catalogueChanged: () => undefined,
  searched: () => undefined,
  hotRead: () => undefined,
  hotReadRefused: () => undefined,
  observeOldestReservation: () => ({ [Symbol.dispose]: () => undefined }),
};

export async function openWorld({ from, connections = 10 }: { from?: 'migrated' | 'seeded'; connections?: number } = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase(from === undefined ? {} : { from }));
  const sql = stack.use(await openSql(database.urls.products.app));
  let sent: string[] = [];
  const url = database.urls.products.app;
  const client = new PrismaClient({
    adapter: prismaAdapter({ url, schema: 'products', maxConnections: connections, onStatement: (text) => sent.push(text) }),
  });
  stack.defer(() => client.$disconnect());
  const appSql = sqlOf(client);
  const transact = createTransact({
    client,
    consumer: 'products',
    stores: (_: unknown, open: MessagingSql) => ({ catalogue: createCatalogueStore(open), stock: createStockStore(open) }),
  });
  const search = createCatalogueSearch(appSql, createMisspelt(client));
  // Creation times that differ, so that NEWEST is an order of its own.
  let moments = Date.UTC(2026, 0, 1);
  const clock = () => new Date((moments += 60_000));
  const reads = createCatalogueReads(appSql);
  const useCases = createUseCases({ transact, reads, search, clock, telemetry: silent });

  async function aCategory({
    name = 'Things',
    attributes = [],
    under,
  }: { name?: string; attributes?: readonly object[]; under?: Id<'cat'> } = {}): Promise<Id<'cat'>> {
    const id = newId('cat');
    await sql.execute(
      `INSERT INTO category (id, slug, name, parent_id, path, ancestor_ids, attributes)
       SELECT $1::uuid, $2::text, $3::text, $4::uuid, coalesce((SELECT path FROM category WHERE id = $4::uuid), '{}') || $3::text,
         coalesce((SELECT ancestor_ids || id FROM category WHERE id = $4::uuid), '{}'), $5::jsonb`,
      [toUuid(id), `c-${id.slice(-12)}`, name, under === undefined ? null : toUuid(under), JSON.stringify(attributes)],
    );
    return id;
  }
  let standard: Promise<Id<'cat'>> | undefined;

  async function aProduct(options: Parameters<World['aProduct']>[0] = {}): Promise<AProduct> {
    const { stock = [10], title = 'A thing', tags = [], prices = [] } = options;
    const categoryId = options.categoryId ?? (await (standard ??= aCategory()));
    const variants = stock.map((onHand, index) => ({
      sku: `SKU-${newId('var').slice(-10).toUpperCase()}`,
      title: `Variant ${index + 1}`,
      price: prices[index] ?? 1000,
      currency: 'EUR',
      onHand,
      weightGrams: 100,
      options: [],
    }));
    const created = await useCases.createProduct({ title, description: 'Made for a test.', categoryId, variants, attributes: [], tags });
    if (!created.ok) throw new Error(JSON.stringify(created.refusal));
    const rows = await sql.rows('SELECT id FROM product_variant WHERE product_id = $1 ORDER BY position', [toUuid(created.value)]);
    const variantIds = rows.map(({ id }) => `var_${String(id).replaceAll('-', '')}` as Id<'var'>);
    return { id: created.value, variantIds: variantIds as [Id<'var'>], skus: variants.map(({ sku }) => sku) };
  }

  const owned = stack.move();
  return {
    database,
    sql,
    appSql,
    transact,
    useCases,
    reads,
    aCategory,
    aProduct,
    statements() {
      const seen = sent;
      sent = [];
      return seen;
    },
    stockProblems: () => stockProblems(sql),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function stockProblems(sql: Sql): Promise<readonly string[]> {
  const problems: string[] = [];
  const rows = await sql.rows('SELECT variant_id, available, reserved, version FROM stock');
  const movements = await sql.rows('SELECT variant_id, version, kind, quantity FROM stock_movement ORDER BY variant_id, version');
  const held = await sql.rows(
    `SELECT variant_id, sum(quantity)::int AS quantity FROM reservation JOIN stock_claim USING (order_id) WHERE state = 'RESERVED' GROUP BY variant_id`,
  );
  const levels = await sql.rows(
    `SELECT key, sequence::int, (payload::jsonb ->> 'available')::int AS available FROM outbox WHERE type = 'StockLevelChanged' ORDER BY key, sequence`,
  );
  for (const { variant_id, available, reserved, version } of rows) {
    const own = movements.filter((movement) => movement['variant_id'] === variant_id);
    const sum = { available: 0, reserved: 0 };
    for (const { kind, quantity } of own) {
      const effect = movementEffect[kind as MovementKind];
      sum.available += effect.available * Number(quantity);
      sum.reserved += effect.reserved * Number(quantity);
    }
    const told = levels.filter(({ key }) => key === `var_${String(variant_id).replaceAll('-', '')}`);
    const holds = Number(held.find((row) => row['variant_id'] === variant_id)?.['quantity'] ?? 0);
    if (sum.available !== available || sum.reserved !== reserved)
      problems.push(`${String(variant_id)}: row ${String(available)}/${String(reserved)}, ledger ${sum.available}/${sum.reserved}`);
    if (holds !== reserved) problems.push(`${String(variant_id)}: reserved ${String(reserved)}, reservations ${holds}`);
    if (own.some((movement, index) => movement['version'] !== index + 1) || own.length !== version)
      problems.push(`${String(variant_id)}: ledger has holes`);
    if (told.some(({ sequence }, index) => sequence !== index + 1) || told.length !== version)
      problems.push(`${String(variant_id)}: ${told.length} events for version ${String(version)}`);
    if (told.at(-1)?.['available'] !== available)
      problems.push(`${String(variant_id)}: the last event says ${String(told.at(-1)?.['available'])}`);
  }
  return problems;
}

const { newShardedId } = createIdFactory(Date.now, (bytes) => crypto.getRandomValues(new Uint8Array(bytes)));

export const anOrder = (): Id<'ord'> => newShardedId('ord', 7);
export const aCommand = () => ({ eventId: newId('evt'), commandId: newId('cmd') });

/** Many at once, as many as there are lanes: what consumers and servers do, too. */
export async function inLanes<T>(lanes: number, items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
