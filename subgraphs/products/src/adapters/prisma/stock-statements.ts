// The statements that move stock. Each changes claim, stock rows and ledger at once; READ COMMITTED is enough, because every stock row is locked, in id
// order, before any is changed. Statements of one order take turns (`turn`), for a redelivered reserve may hold stock while it waits for the claim that a
// release holds while it waits for stock. What counts are the numbers under the lock, which `locked` reads: an UPDATE looks first at the row as it was when its
// statement began, so a guard or a sum on `stock` itself would be wrong about a row that changed while the statement waited.

const turn = `turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0)))`;

/**
 * $1 order, $2 distinct variants, $3 quantities. All lines or none: the verdict needs every row locked, and the claim says it before stock moves. A claim
 * that is there already takes no locks and gives no row: the answer is read from it.
 */
export const reserve = `WITH ${turn}, want AS MATERIALIZED (
  SELECT line.variant_id, line.quantity FROM turn, unnest($2::uuid[], $3::bigint[]) AS line (variant_id, quantity)
  WHERE NOT EXISTS (SELECT FROM stock_claim WHERE order_id = $1::uuid)
), locked AS MATERIALIZED (
  SELECT stock.variant_id, stock.available, stock.reserved, stock.version, want.quantity, product.status = 'ACTIVE' AS sellable
  FROM want
  JOIN stock ON stock.variant_id = want.variant_id
  JOIN product_variant variant ON variant.id = want.variant_id
  JOIN product ON product.id = variant.product_id
  ORDER BY stock.variant_id FOR NO KEY UPDATE OF stock
), checked AS (
  SELECT want.variant_id, want.quantity, coalesce(locked.available, 0) AS available, coalesce(locked.sellable, false) AS sellable
  FROM want LEFT JOIN locked USING (variant_id)
), verdict AS (
  SELECT CASE WHEN NOT bool_and(sellable) THEN 'NOT_SELLABLE' WHEN NOT bool_and(available >= quantity) THEN 'SHORT' END AS reason
  FROM checked HAVING count(*) > 0
), claim AS (
  INSERT INTO stock_claim (order_id, state, sequence, reason, short)
  SELECT $1::uuid, CASE WHEN reason IS NULL THEN 'RESERVED' ELSE 'REJECTED' END, 1, reason, coalesce((
    SELECT jsonb_agg(jsonb_build_object('variantId', variant_id, 'requested', quantity, 'available', available) ORDER BY variant_id)
    FROM checked WHERE CASE reason WHEN 'NOT_SELLABLE' THEN NOT sellable ELSE available < quantity END
  ), '[]') FROM verdict
  ON CONFLICT (order_id) DO NOTHING
  RETURNING state, sequence, reason, short
), taken AS (
  UPDATE stock SET available = locked.available - locked.quantity::int, reserved = locked.reserved + locked.quantity::int, version = locked.version + 1, updated_at = now()
  FROM locked, claim
  WHERE claim.state = 'RESERVED' AND stock.variant_id = locked.variant_id
  RETURNING stock.variant_id, stock.available, stock.reserved, stock.version, locked.quantity::int
), kept AS (
  INSERT INTO reservation (order_id, variant_id, quantity) SELECT $1::uuid, variant_id, quantity FROM taken
), moved AS (
  INSERT INTO stock_movement (variant_id, version, kind, quantity, order_id) SELECT variant_id, version, 'RESERVED', quantity, $1::uuid FROM taken
)
SELECT claim.state, claim.sequence, claim.reason, claim.short, taken.variant_id, taken.available, taken.reserved, taken.version FROM claim LEFT JOIN taken ON true`;

/** $1 order. RESERVED becomes COMMITTED; no row when it was in another state. */
export const commit = `WITH ${turn}, claim AS (
  UPDATE stock_claim SET state = 'COMMITTED', sequence = sequence + 1, updated_at = now() FROM turn WHERE order_id = $1::uuid AND state = 'RESERVED'
  RETURNING state, sequence, reason, short
), locked AS MATERIALIZED (
  SELECT stock.variant_id, stock.reserved, stock.version, reservation.quantity FROM claim, reservation JOIN stock USING (variant_id)
  WHERE reservation.order_id = $1::uuid
  ORDER BY stock.variant_id FOR NO KEY UPDATE OF stock
), sold AS (
  UPDATE stock SET reserved = locked.reserved - locked.quantity, version = locked.version + 1, updated_at = now()
  FROM locked WHERE stock.variant_id = locked.variant_id
  RETURNING stock.variant_id, stock.available, stock.reserved, stock.version, locked.quantity
), moved AS (
  INSERT INTO stock_movement (variant_id, version, kind, quantity, order_id) SELECT variant_id, version, 'COMMITTED', quantity, $1::uuid FROM sold
)
SELECT claim.state, claim.sequence, claim.reason, claim.short, sold.variant_id, sold.available, sold.reserved, sold.version FROM claim LEFT JOIN sold ON true`;

/** $1 order, $2 reason. RESERVED and COMMITTED become RELEASED and give their units back; another state only counts the reply. No row: no claim. */
export const release = `WITH ${turn}, before AS MATERIALIZED (
  SELECT state FROM turn, stock_claim WHERE order_id = $1::uuid FOR NO KEY UPDATE OF stock_claim
), claim AS (
  UPDATE stock_claim SET sequence = stock_claim.sequence + 1, updated_at = now(),
    state = CASE WHEN before.state IN ('RESERVED', 'COMMITTED') THEN 'RELEASED' ELSE stock_claim.state END,
    reason = CASE WHEN before.state IN ('RESERVED', 'COMMITTED') THEN $2 ELSE stock_claim.reason END
  FROM before WHERE stock_claim.order_id = $1::uuid
  RETURNING before.state AS was, stock_claim.state, stock_claim.sequence, stock_claim.reason, stock_claim.short
), locked AS MATERIALIZED (
  SELECT stock.variant_id, stock.available, stock.reserved, stock.version, reservation.quantity, claim.was FROM claim, reservation JOIN stock USING (variant_id)
  WHERE claim.was IN ('RESERVED', 'COMMITTED') AND reservation.order_id = $1::uuid
  ORDER BY stock.variant_id FOR NO KEY UPDATE OF stock
), freed AS (
  UPDATE stock SET available = locked.available + locked.quantity, version = locked.version + 1, updated_at = now(),
    reserved = locked.reserved - CASE locked.was WHEN 'RESERVED' THEN locked.quantity ELSE 0 END
  FROM locked WHERE stock.variant_id = locked.variant_id
  RETURNING stock.variant_id, stock.available, stock.reserved, stock.version, locked.quantity, locked.was
), moved AS (
  INSERT INTO stock_movement (variant_id, version, kind, quantity, order_id)
  SELECT variant_id, version, CASE was WHEN 'RESERVED' THEN 'RELEASED' ELSE 'RESTOCKED' END, quantity, $1::uuid FROM freed
), back AS MATERIALIZED (
  SELECT product_id FROM product_search WHERE product_id IN (
    SELECT variant.product_id FROM freed JOIN product_variant variant ON variant.id = freed.variant_id WHERE freed.available = freed.quantity
  ) ORDER BY product_id FOR NO KEY UPDATE
), shown AS (
  UPDATE product_search SET in_stock = true FROM back WHERE product_search.product_id = back.product_id
)
SELECT claim.state, claim.sequence, claim.reason, claim.short, freed.variant_id, freed.available, freed.reserved, freed.version FROM claim LEFT JOIN freed ON true`;

/** $1 order, $2 reason. The tombstone; no row when a claim is there by now. */
export const bury = `INSERT INTO stock_claim (order_id, state, sequence, reason) VALUES ($1::uuid, 'RELEASED', 1, $2)
ON CONFLICT (order_id) DO NOTHING RETURNING state, sequence, reason, short`;

/** $1 order. One more reply of a claim that does not move. */
export const answerAgain = `UPDATE stock_claim SET sequence = sequence + 1, updated_at = now() WHERE order_id = $1::uuid
RETURNING state, sequence, reason, short`;

/** $1 variant, $2 change, $3 reason. No row when it would leave the bounds, or when there is no such variant. */
export const adjust = `WITH changed AS (
  UPDATE stock SET available = available + $2::int, version = version + 1, updated_at = now()
  WHERE variant_id = $1::uuid AND available::bigint + $2::int BETWEEN 0 AND 1000000000
  RETURNING variant_id, available, reserved, version
), moved AS (
  INSERT INTO stock_movement (variant_id, version, kind, quantity, reason) SELECT variant_id, version, 'ADJUSTED', $2::int, $3 FROM changed
), shown AS (
  UPDATE product_search SET in_stock = true FROM changed JOIN product_variant variant ON variant.id = changed.variant_id
  WHERE changed.available = $2::int AND product_search.product_id = variant.product_id
)
SELECT variant_id, available, reserved, version FROM changed`;

/** $1 variant. Must come before `followStock` and apart from it: the next statement sees what was committed while this one waited. */
export const lockSearchRow = `SELECT 1 AS locked FROM product_search WHERE product_id = (SELECT product_id FROM product_variant WHERE id = $1::uuid) FOR NO KEY UPDATE`;

/** $1 variant. */
export const followStock = `UPDATE product_search SET in_stock = now_in.stock FROM (
  SELECT product_id, bool_or(available > 0) AS stock FROM product_variant JOIN stock ON stock.variant_id = product_variant.id
  WHERE product_id = (SELECT product_id FROM product_variant WHERE id = $1::uuid) GROUP BY product_id
) AS now_in
WHERE product_search.product_id = now_in.product_id AND product_search.in_stock <> now_in.stock`;
