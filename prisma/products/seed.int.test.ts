import { decode } from '@tally/events';
import { isId, toUuid } from '@tally/kernel';
import { cloneDatabase, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { demoProducts, demoVariantIds, productIdAt, seedProducts } from './seed.ts';
import { checksumOf, checksums } from './seed/checksums.ts';

test('the generator makes what the committed checksum says', () => {
  expect(checksumOf('ci')).toBe(checksums.ci);
});

test('a tier is loaded once, with stock, ledger, search rows and the events that tell of them', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.products.app);
  const seed = () => seedProducts({ ownerOrAppUrl: database.urls.products.app, tier: 'ci' });

  const startedAt = performance.now();
  expect(await seed()).toEqual({ seeded: true, products: 1_000, variants: 3_000 });
  const tookMs = performance.now() - startedAt;
  expect(await seed()).toEqual({ seeded: false, products: 0, variants: 0 });

  expect(tookMs).toBeLessThan(5_000);
  const counted = ['category', 'product', 'product_variant', 'stock', 'stock_movement', 'product_search', 'outbox'];
  const counts = await Promise.all(counted.map((table) => sql.number(`SELECT count(*) FROM ${table}`)));
  expect(Object.fromEntries(counted.map((table, index) => [table, counts[index]]))).toEqual({
    category: 24,
    product: 1_000,
    product_variant: 3_000,
    stock: 3_000,
    stock_movement: 3_000,
    product_search: 1_000,
    outbox: 4_000,
  });
});

test('every event of the seed is one that its readers understand', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.products.app);
  await seedProducts({ ownerOrAppUrl: database.urls.products.app, tier: 'ci' });

  const rows = await sql.rows('SELECT event_id, topic, key, type, payload FROM outbox');

  for (const { event_id, topic, type, payload } of rows) {
    expect(isId('evt', `evt_${String(event_id).replaceAll('-', '')}`)).toBe(true);
    expect(decode(String(topic), String(type), String(payload))).toBeDefined();
  }
  expect(new Set(rows.map(({ key }) => key)).size).toBe(4_000);
});

test('the shape is that of a shop: few sold out, few reduced, one to twelve variants, prices that end in nine', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.products.app);
  await seedProducts({ ownerOrAppUrl: database.urls.products.app, tier: 'ci' });

  expect(await sql.number('SELECT count(*) FROM stock WHERE available = 0')).toBeGreaterThan(120);
  expect(await sql.number('SELECT count(*) FROM stock WHERE available = 0')).toBeLessThan(180);
  expect(await sql.number('SELECT count(*) FROM product_variant WHERE amount % 10 <> 9')).toBe(0);
  expect(
    await sql.row(
      'SELECT min(variants)::int, max(variants)::int FROM (SELECT count(*) AS variants FROM product_variant GROUP BY product_id) AS counted',
    ),
  ).toEqual({ min: 1, max: 12 });
  expect(await sql.number('SELECT max(cardinality(path)) FROM category')).toBe(3);
  expect(
    await sql.number(
      'SELECT count(*) FROM product p WHERE (price_min, price_max) <> (SELECT min(amount), max(amount) FROM product_variant WHERE product_id = p.id)',
    ),
  ).toBe(0);
});

test('the demo products stand under their slugs, SKUs and ids', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.products.app);
  await seedProducts({ ownerOrAppUrl: database.urls.products.app, tier: 'ci' });

  for (const [index, { slug, variants }] of demoProducts.entries()) {
    expect(await sql.row('SELECT id FROM product WHERE slug = $1', [slug])).toEqual({ id: toUuid(productIdAt(index)) });
    for (const { sku, amount, onHand } of variants) {
      const id = demoVariantIds.get(sku);
      if (id === undefined) throw new Error(`${sku} has no id`);
      const row = await sql.row(
        'SELECT variant_id, amount::int, available FROM product_variant JOIN stock ON variant_id = id WHERE sku = $1',
        [sku],
      );
      expect(row).toEqual({ variant_id: toUuid(id), amount, available: onHand });
    }
  }
  expect(
    await sql.rows(
      `SELECT sku FROM product_variant WHERE sku IN ('MUG-ENAMEL-WHITE', 'LAMP-BRASS-SOLDOUT', 'PRINT-LIMITED-3') ORDER BY sku`,
    ),
  ).toHaveLength(3);
});
