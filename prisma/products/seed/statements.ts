import { searchColumns, selectSearchRows } from '../../../subgraphs/products/src/adapters/prisma/search-rows.ts';

// Each statement loads one table whole. $1 is the JSON of all rows; versions and sequences are 1, since nothing was there before.

export const insertCategories = `INSERT INTO category (id, slug, name, parent_id, path, ancestor_ids, attributes)
SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, slug text, name text, parent_id uuid, path text[], ancestor_ids uuid[], attributes jsonb)`;

export const insertProducts = `INSERT INTO product (id, slug, title, description, status, category_id, seller_id, tags, attributes, currency, price_min, price_max, created_at, updated_at)
SELECT id, slug, title, description, 'ACTIVE', category_id, seller_id, tags, attributes, 'EUR', price_min, price_max, created_at, created_at
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, slug text, title text, description text, category_id uuid, seller_id uuid, tags text[], attributes jsonb,
  price_min bigint, price_max bigint, created_at timestamptz)`;

export const insertVariants = `INSERT INTO product_variant (id, product_id, sku, title, amount, currency, compare_at, options, weight_grams, tax_class, position)
SELECT id, product_id, sku, title, amount, 'EUR', compare_at, options, weight_grams, tax_class, position
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, product_id uuid, sku text, title text, amount bigint, compare_at bigint, options jsonb, weight_grams int,
  tax_class text, position int)`;

export const insertStock = `WITH opened AS (
  INSERT INTO stock (variant_id, available, updated_at)
  SELECT row.id, row.on_hand, product.created_at
  FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, product_id uuid, on_hand int) JOIN product ON product.id = row.product_id
  RETURNING variant_id, version, available, updated_at
)
INSERT INTO stock_movement (variant_id, version, kind, quantity, at) SELECT variant_id, version, 'OPENING', available, updated_at FROM opened`;

export const insertSearchRows = `INSERT INTO product_search (${searchColumns}) ${selectSearchRows}`;

export const insertProductEvents = `INSERT INTO outbox (event_id, topic, key, sequence, type, payload)
SELECT row.event_id, 'products.catalogue.v1', spelt.id, product.version, 'ProductChanged', jsonb_build_object(
  'product', jsonb_build_object('id', spelt.id), 'slug', product.slug, 'title', product.title,
  'category', jsonb_build_object('id', 'cat_' || replace(product.category_id::text, '-', '')),
  'seller', jsonb_build_object('id', 'sell_' || replace(product.seller_id::text, '-', '')),
  'variants', variants.told
)::text
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, event_id uuid)
JOIN product ON product.id = row.id
CROSS JOIN LATERAL (SELECT 'prod_' || replace(product.id::text, '-', '') AS id) AS spelt
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('id', 'var_' || replace(id::text, '-', ''), 'sku', sku, 'title', title, 'taxClass', tax_class, 'sellable', true,
    'price', jsonb_build_object('amount', amount, 'currency', currency), 'weightGrams', coalesce(weight_grams, 0)) ORDER BY position) AS told
  FROM product_variant WHERE product_id = product.id
) AS variants
ORDER BY product.created_at`;

export const insertLevelEvents = `INSERT INTO outbox (event_id, topic, key, sequence, type, payload)
SELECT row.event_id, 'products.level.v1', spelt.id, stock.version, 'StockLevelChanged', jsonb_build_object(
  'variant', jsonb_build_object('id', spelt.id), 'available', available,
  'status', CASE WHEN available = 0 THEN 'OUT_OF_STOCK' WHEN available <= 5 THEN 'LOW' ELSE 'IN_STOCK' END
)::text
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, event_id uuid)
JOIN stock ON stock.variant_id = row.id
CROSS JOIN LATERAL (SELECT 'var_' || replace(row.id::text, '-', '') AS id) AS spelt`;
