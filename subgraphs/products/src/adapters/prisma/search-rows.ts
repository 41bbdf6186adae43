/**
 * The search rows of ACTIVE products: title A; seller, category and tags B; SKUs, variants and options C; description D. Completed by a WHERE clause on
 * `product`. The seed fills the whole table with the same text.
 */
export const selectSearchRows = `SELECT product.id,
  setweight(to_tsvector('english', product.title), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', seller.name, array_to_string(category.path, ' '), array_to_string(product.tags, ' '))), 'B')
    || setweight(to_tsvector('english', variants.words), 'C')
    || setweight(to_tsvector('english', product.description), 'D') AS document,
  product.title, category.ancestor_ids || category.id AS category_ids, product.seller_id, product.tags, product.price_min, product.price_max, variants.in_stock,
  product.created_at AS published_at
FROM product
JOIN category ON category.id = product.category_id
JOIN seller ON seller.id = product.seller_id
CROSS JOIN LATERAL (
  SELECT string_agg(concat_ws(' ', variant.sku, variant.title, (SELECT string_agg(value ->> 'value', ' ') FROM jsonb_array_elements(variant.options))), ' ') AS words,
    coalesce(bool_or(stock.available > 0), false) AS in_stock
  FROM product_variant variant LEFT JOIN stock ON stock.variant_id = variant.id
  WHERE variant.product_id = product.id
) AS variants
WHERE product.status = 'ACTIVE'`;

/** In the order of `selectSearchRows`. */
export const searchColumns = 'product_id, document, title, category_ids, seller_id, tags, price_min, price_max, in_stock, published_at';

/**
 * Brings the search row of product $1 in line with its product. `in_stock` of a row that is there is left alone: it follows the stock by its own
 * statements, and what this one has read of it may be older.
 */
export const rewriteSearchRow = `WITH gone AS (
  DELETE FROM product_search USING product WHERE product_search.product_id = $1::uuid AND product.id = $1::uuid AND product.status <> 'ACTIVE'
)
INSERT INTO product_search (${searchColumns}) ${selectSearchRows} AND product.id = $1::uuid
ON CONFLICT (product_id) DO UPDATE SET document = excluded.document, title = excluded.title, category_ids = excluded.category_ids, seller_id = excluded.seller_id,
  tags = excluded.tags, price_min = excluded.price_min, price_max = excluded.price_max, published_at = excluded.published_at`;
