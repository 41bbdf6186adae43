import { money } from '@tally/kernel';
import type { Session, Transaction } from '@tally/simulation';
import type { StoredCart } from '../src/domain/cart.ts';
import type { CartReads } from '../src/ports/carts-store.ts';
import { priceIn } from './prices.ts';
import { statementOn } from './statements.ts';
import { ordersTables, type CartRow } from './tables.ts';

const { carts, cartLines } = ordersTables;

/** @param currency the shop's. */
export function createCartReads(session: Session, currency: string): CartReads {
  return {
    byIds: (ids) =>
      statementOn(session, (transaction) =>
        storedCarts(
          transaction,
          currency,
          ids.map((id) => transaction.read(carts, id)),
          ({ id }) => id,
        ),
      ),
    byOwners: (ownerIds) =>
      statementOn(session, (transaction) =>
        storedCarts(
          transaction,
          currency,
          ownerIds.flatMap((id) => transaction.rowsBy(carts, 'owner_id_key', id)),
          ({ id, ownerId }) => ownerId ?? id,
        ),
      ),
  };
}

function storedCarts(
  transaction: Transaction,
  currency: string,
  rows: readonly (CartRow | undefined)[],
  keyOf: (row: CartRow) => string,
): ReadonlyMap<string, StoredCart> {
  return new Map(
    rows.flatMap((row) => (row === undefined || row.claimedBy !== null ? [] : [[keyOf(row), storedCart(transaction, currency, row)]])),
  );
}

/** A cart with lines and the prices of now, as the statement sees them. */
export function storedCart(transaction: Transaction, currency: string, row: CartRow): StoredCart {
  const { id, ownerId, version, liveOrderId, expiresAt, updatedAt } = row;
  const lines = transaction
    .rowsBy(cartLines, 'cart', id)
    .toSorted((a, b) => a.addedAt.getTime() - b.addedAt.getTime() || (a.id < b.id ? -1 : 1))
    .map((line) => ({
      id: line.id,
      variantId: line.variantId,
      quantity: line.quantity,
      seenPrice: money(line.seenAmount, currency),
      price: priceIn(transaction, currency, line.variantId),
    }));
  return { id, ownerId, version, liveOrderId, lines, expiresAt, updatedAt };
}
