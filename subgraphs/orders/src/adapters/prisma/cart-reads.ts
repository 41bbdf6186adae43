import { fromUuid, money, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { StoredCart, StoredLine } from '../../domain/cart.ts';
import type { CartReads } from '../../ports/carts-store.ts';
import { priceColumns, toPrice, type PriceColumns } from './price-rows.ts';

const carts = (
  key: 'id' | 'owner_id',
): string => `SELECT cart.id, cart.owner_id, cart.version, cart.live_order_id, cart.expires_at, cart.updated_at,
  line.id AS line_id, line.variant_id, line.quantity, line.seen_amount, ${priceColumns}
FROM cart LEFT JOIN cart_line AS line ON line.cart_id = cart.id LEFT JOIN price ON price.variant_id = line.variant_id AND price.currency = $2
WHERE cart.${key} = ANY($1::uuid[]) AND cart.claimed_by IS NULL ORDER BY cart.id, line.added_at, line.id`;
const byId = carts('id');
const byOwner = carts('owner_id');

interface CartRow extends PriceColumns {
  readonly id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly live_order_id: string | null;
  readonly expires_at: Date;
  readonly updated_at: Date;
  readonly line_id: string | null;
  readonly variant_id: string | null;
  readonly quantity: number | null;
  readonly seen_amount: bigint | null;
}

export function createCartReads(sql: Sql, currency: string): CartReads {
  return {
    byIds: (ids) => readCarts(sql, currency, 'id', ids),
    byOwners: (ownerIds) => readCarts(sql, currency, 'owner', ownerIds),
  };
}

/** Carts under their id or their owner's: one statement with lines and prices. */
export async function readCarts(
  sql: Sql,
  currency: string,
  by: 'id' | 'owner',
  ids: readonly Id[],
): Promise<ReadonlyMap<string, StoredCart>> {
  const rows = await sql.rows<CartRow>(by === 'id' ? byId : byOwner, [ids.map(toUuid), currency]);
  const found = new Map<string, StoredCart & { readonly lines: StoredLine[] }>();
  for (const row of rows) {
    const ownerId = row.owner_id === null ? null : fromUuid('usr', row.owner_id);
    const id = fromUuid('cart', row.id);
    const key = by === 'id' ? id : (ownerId ?? id);
    const cart = found.get(key) ?? { ...headOf(row), id, ownerId, lines: [] };
    found.set(key, cart);
    const line = toStoredLine(row, currency);
    if (line !== null) cart.lines.push(line);
  }
  return found;
}

const headOf = (row: CartRow): Pick<StoredCart, 'version' | 'liveOrderId' | 'expiresAt' | 'updatedAt'> => ({
  version: row.version,
  liveOrderId: row.live_order_id === null ? null : fromUuid('ord', row.live_order_id),
  expiresAt: row.expires_at,
  updatedAt: row.updated_at,
});

function toStoredLine(row: CartRow, currency: string): StoredLine | null {
  if (row.line_id === null || row.variant_id === null || row.quantity === null || row.seen_amount === null) return null;
  return {
    id: fromUuid('line', row.line_id),
    variantId: fromUuid('var', row.variant_id),
    quantity: row.quantity,
    seenPrice: money(Number(row.seen_amount), currency),
    price: toPrice(row.variant_id, row),
  };
}
