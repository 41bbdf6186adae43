import { fromUuid, newId, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import { maxQuantity, type LineWish } from '../../domain/cart.ts';
import type { CartsStore, ExpiredCarts, LockedCart, PutLine } from '../../ports/carts-store.ts';
import { readCarts } from './cart-reads.ts';

const life = `interval '30 days'`;
const locked = 'RETURNING id, owner_id, version, live_order_id';

const touch = `UPDATE cart SET version = version + 1, updated_at = statement_timestamp(), expires_at = statement_timestamp() + ${life}
WHERE id = $1::uuid AND claimed_by IS NULL ${locked}`;
// Parallel first adds of one buyer meet at the unique owner: one inserts, the others wait for its commit and raise its row.
const touchOwn = `INSERT INTO cart (id, owner_id, expires_at) VALUES ($1::uuid, $2::uuid, statement_timestamp() + ${life})
ON CONFLICT (owner_id) DO UPDATE SET version = cart.version + 1, updated_at = statement_timestamp(), expires_at = excluded.expires_at ${locked}`;
const open = `INSERT INTO cart (id, expires_at) VALUES ($1::uuid, statement_timestamp() + ${life}) ${locked}`;

const wishes = `wish AS (SELECT * FROM unnest($2::uuid[], $3::int[], $4::uuid[]) WITH ORDINALITY AS wish(variant_id, quantity, line_id, position))`;
const putInto = `INSERT INTO cart_line (cart_id, variant_id, id, quantity, seen_amount, added_at)
  SELECT $1::uuid, wish.variant_id, wish.line_id, wish.quantity, price.amount, statement_timestamp() + wish.position * interval '1 millisecond'
  FROM wish JOIN price ON price.variant_id = wish.variant_id AND price.currency = $5 WHERE wish.quantity > 0`;
const outcome = `SELECT wish.variant_id, price.variant_id IS NOT NULL OR wish.quantity = 0 AS known, put.variant_id IS NOT NULL OR wish.quantity = 0 AS put
FROM wish LEFT JOIN price ON price.variant_id = wish.variant_id AND price.currency = $5 LEFT JOIN put ON put.variant_id = wish.variant_id ORDER BY wish.position`;

const setLines = `WITH ${wishes}, gone AS (
  DELETE FROM cart_line USING wish WHERE cart_line.cart_id = $1::uuid AND cart_line.variant_id = wish.variant_id AND wish.quantity = 0
), put AS (
  ${putInto} ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, seen_amount = excluded.seen_amount RETURNING variant_id
) ${outcome}`;
const addLines = `WITH ${wishes}, put AS (
  ${putInto} ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_line.quantity + excluded.quantity
  WHERE cart_line.quantity + excluded.quantity <= ${maxQuantity} RETURNING variant_id
) ${outcome}`;

const merge = `WITH moved AS (DELETE FROM cart_line WHERE cart_id = $1::uuid RETURNING variant_id, id, quantity, seen_amount, added_at),
ended AS (UPDATE cart SET claimed_by = $3::uuid WHERE id = $1::uuid)
INSERT INTO cart_line (cart_id, variant_id, id, quantity, seen_amount, added_at) SELECT $2::uuid, variant_id, id, quantity, seen_amount, added_at FROM moved
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = least(cart_line.quantity + excluded.quantity, ${maxQuantity})`;
const claimedBy = 'SELECT claimed_by FROM cart WHERE id = $1::uuid';

const stamp =
  'UPDATE cart SET live_order_id = $3::uuid WHERE id = $1::uuid AND version = $2::int AND live_order_id IS NULL AND claimed_by IS NULL';
// `held` locks the lines and shows them as they are after the wait for the cart's row: an add that came in between stays.
const takeOrdered = `WITH freed AS (
  UPDATE cart SET live_order_id = NULL, version = version + 1, updated_at = statement_timestamp() WHERE id = $1::uuid AND live_order_id = $2::uuid RETURNING id
), held AS (
  SELECT line.variant_id, line.quantity, ordered.quantity AS taken FROM freed JOIN cart_line AS line ON line.cart_id = freed.id
  JOIN order_line AS ordered ON ordered.order_id = $2::uuid AND ordered.variant_id = line.variant_id FOR UPDATE OF line
), emptied AS (
  DELETE FROM cart_line USING held WHERE cart_line.cart_id = $1::uuid AND cart_line.variant_id = held.variant_id AND held.quantity <= held.taken
)
UPDATE cart_line SET quantity = held.quantity - held.taken FROM held
WHERE cart_line.cart_id = $1::uuid AND cart_line.variant_id = held.variant_id AND held.quantity > held.taken`;
const giveBack = 'UPDATE cart SET live_order_id = NULL WHERE id = $1::uuid AND live_order_id = $2::uuid';
const removeExpired = `DELETE FROM cart WHERE id IN (
  SELECT id FROM cart WHERE expires_at < now() AND live_order_id IS NULL ORDER BY expires_at LIMIT $1::int FOR UPDATE SKIP LOCKED)`;

interface LockedRow {
  readonly id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly live_order_id: string | null;
}

/** @param currency the shop's: variants in another do not exist. */
export function createCartsStore(sql: Sql, currency: string): CartsStore {
  async function put(text: string, cartId: Id<'cart'>, lines: readonly LineWish[]): Promise<readonly PutLine[]> {
    const columns = [
      lines.map(({ variantId }) => toUuid(variantId)),
      lines.map(({ quantity }) => quantity),
      lines.map(() => toUuid(newId('line'))),
    ];
    const rows = await sql.rows<{ variant_id: string; known: boolean; put: boolean }>(text, [toUuid(cartId), ...columns, currency]);
    return rows.map((row) => ({ variantId: fromUuid('var', row.variant_id), known: row.known, put: row.put }));
  }
  async function one(text: string, values: readonly unknown[]): Promise<LockedCart> {
    const [row] = await sql.rows<LockedRow>(text, values);
    if (row === undefined) throw new Error('a cart was written without a row to show');
    return toLocked(row);
  }
  return {
    async touch(cartId) {
      const [row] = await sql.rows<LockedRow>(touch, [toUuid(cartId)]);
      return row === undefined ? null : toLocked(row);
    },
    touchOwn: (ownerId, freshId) => one(touchOwn, [toUuid(freshId), toUuid(ownerId)]),
    open: (cartId) => one(open, [toUuid(cartId)]),
    setLines: (cartId, lines) => put(setLines, cartId, lines),
    addLines: (cartId, lines) => put(addLines, cartId, lines),
    async read(cartId) {
      return (await readCarts(sql, currency, 'id', [cartId])).get(cartId) ?? null;
    },
    async merge(from, into, claimer) {
      await sql.count(merge, [toUuid(from), toUuid(into), toUuid(claimer)]);
    },
    async claimedBy(cartId) {
      const [row] = await sql.rows<{ claimed_by: string | null }>(claimedBy, [toUuid(cartId)]);
      return row?.claimed_by == null ? null : fromUuid('usr', row.claimed_by);
    },
    async stamp(cartId, version, orderId) {
      return (await sql.count(stamp, [toUuid(cartId), version, toUuid(orderId)])) === 1;
    },
    async takeOrdered(cartId, orderId) {
      await sql.count(takeOrdered, [toUuid(cartId), toUuid(orderId)]);
    },
    async giveBack(cartId, orderId) {
      await sql.count(giveBack, [toUuid(cartId), toUuid(orderId)]);
    },
  };
}

export function createExpiredCarts(sql: Sql): ExpiredCarts {
  return { remove: (limit) => sql.count(removeExpired, [limit]) };
}

const toLocked = (row: LockedRow): LockedCart => ({
  id: fromUuid('cart', row.id),
  ownerId: row.owner_id === null ? null : fromUuid('usr', row.owner_id),
  version: row.version,
  liveOrderId: row.live_order_id === null ? null : fromUuid('ord', row.live_order_id),
});
