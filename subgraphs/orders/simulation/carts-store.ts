import { newId, type Id } from '@tally/kernel';
import type { Session, Transaction } from '@tally/simulation';
import { maxQuantity, type LineWish } from '../src/domain/cart.ts';
import type { CartsStore, ExpiredCarts, LockedCart, PutLine } from '../src/ports/carts-store.ts';
import { storedCart } from './cart-reads.ts';
import { priceIn } from './prices.ts';
import { insertOrChange, statementOn } from './statements.ts';
import { cartLineKey, ordersTables, type CartLineRow, type CartRow } from './tables.ts';

const { carts, cartLines, orderLines } = ordersTables;
const lifeMs = 30 * 86_400_000;

/**
 * Carts on an open transaction.
 *
 * @param currency the shop's: variants in another do not exist.
 */
export function createCartsStore(transaction: Transaction, currency: string): CartsStore {
  /** As `UPDATE cart … WHERE id = … AND …`: `null` where no row is such a row. */
  async function update(cartId: Id<'cart'>, where: (row: CartRow) => boolean, change: (row: CartRow) => CartRow): Promise<CartRow | null> {
    const seen = transaction.read(carts, cartId);
    if (seen === undefined || !where(seen)) return null;
    const row = await transaction.lock(carts, cartId);
    if (row === undefined || !where(row)) return null;
    const changed = change(row);
    transaction.put(carts, changed);
    return changed;
  }

  const lived = (row: CartRow): CartRow => ({ ...row, version: row.version + 1, ...lifeFrom(transaction.statementAt) });

  const fresh = (id: Id<'cart'>, ownerId: Id<'usr'> | null): CartRow => ({
    ...{ id, ownerId, version: 1, liveOrderId: null, claimedBy: null },
    ...lifeFrom(transaction.statementAt),
  });

  /** @param merged what becomes of a line that is there already; `null`: it stays as it is. */
  async function put(
    cartId: Id<'cart'>,
    wishes: readonly LineWish[],
    merged: (there: CartLineRow, line: CartLineRow) => CartLineRow | null,
  ): Promise<readonly PutLine[]> {
    const priced = wishes.map((wish) => ({ ...wish, amount: priceIn(transaction, currency, wish.variantId)?.unitPrice.amount ?? null }));
    const outcome: PutLine[] = [];
    for (const [index, { variantId, quantity, amount }] of priced.entries()) {
      if (quantity === 0 || amount === null) {
        outcome.push({ variantId, known: quantity === 0 || amount !== null, put: quantity === 0 });
        continue;
      }
      const addedAt = new Date(transaction.statementAt.getTime() + index + 1);
      const line = { cartId, variantId, id: newId('line'), quantity, seenAmount: amount, addedAt };
      const written = await insertOrChange(transaction, cartLines, line, (there) => merged(there, line));
      outcome.push({ variantId, known: true, put: written !== null });
    }
    return outcome;
  }

  return {
    async touch(cartId) {
      await transaction.statement();
      const row = await update(cartId, ({ claimedBy }) => claimedBy === null, lived);
      return row === null ? null : toLocked(row);
    },
    async touchOwn(ownerId, freshId) {
      await transaction.statement();
      for (;;) {
        const [own] = transaction.rowsBy(carts, 'owner_id_key', ownerId);
        if (own === undefined) {
          const opened = fresh(freshId, ownerId);
          if (await transaction.insert(carts, opened)) return toLocked(opened);
          // The buyer has a cart meanwhile, or else the id is somebody's, which nobody waits for.
          if (transaction.rowsBy(carts, 'owner_id_key', ownerId).length > 0) continue;
          await transaction.insertNew(carts, opened);
          return toLocked(opened);
        }
        const row = await transaction.lock(carts, own.id);
        // Somebody removed it meanwhile: the insert is tried again.
        if (row === undefined) continue;
        const raised = lived(row);
        transaction.put(carts, raised);
        return toLocked(raised);
      }
    },
    async open(cartId) {
      await transaction.statement();
      const row = fresh(cartId, null);
      await transaction.insertNew(carts, row);
      return toLocked(row);
    },
    async setLines(cartId, wishes) {
      await transaction.statement();
      const gone = wishes.filter(({ variantId, quantity }) => quantity === 0 && hasLine(transaction, cartId, variantId));
      const outcome = await put(cartId, wishes, (there, { quantity, seenAmount }) => ({ ...there, quantity, seenAmount }));
      for (const { variantId } of gone) await removeLine(transaction, cartId, variantId);
      return outcome;
    },
    async addLines(cartId, wishes) {
      await transaction.statement();
      return put(cartId, wishes, (there, line) => {
        const quantity = there.quantity + line.quantity;
        return quantity <= maxQuantity ? { ...there, quantity } : null;
      });
    },
    async read(cartId) {
      await transaction.statement();
      const row = transaction.read(carts, cartId);
      return row === undefined || row.claimedBy !== null ? null : storedCart(transaction, currency, row);
    },
    async merge(from, into, claimer) {
      await transaction.statement();
      const [lines, guest] = [transaction.rowsBy(cartLines, 'cart', from), transaction.read(carts, from)];
      for (const { variantId } of lines) {
        const line = await removeLine(transaction, from, variantId);
        if (line === undefined) continue;
        await insertOrChange(transaction, cartLines, { ...line, cartId: into }, (there) => ({
          ...there,
          quantity: Math.min(there.quantity + line.quantity, maxQuantity),
        }));
      }
      if (guest !== undefined)
        await update(
          from,
          () => true,
          (row) => ({ ...row, claimedBy: claimer }),
        );
    },
    async claimedBy(cartId) {
      await transaction.statement();
      return transaction.read(carts, cartId)?.claimedBy ?? null;
    },
    async stamp(cartId, version, orderId) {
      await transaction.statement();
      const isFree = (row: CartRow) => row.version === version && row.liveOrderId === null && row.claimedBy === null;
      return (await update(cartId, isFree, (row) => ({ ...row, liveOrderId: orderId }))) !== null;
    },
    async takeOrdered(cartId, orderId) {
      await transaction.statement();
      const ordered = new Map(transaction.rowsBy(orderLines, 'order', orderId).map(({ variantId, quantity }) => [variantId, quantity]));
      const held = transaction.rowsBy(cartLines, 'cart', cartId).filter(({ variantId }) => ordered.has(variantId));
      const freed = await update(
        cartId,
        ({ liveOrderId }) => liveOrderId === orderId,
        (row) => ({ ...row, liveOrderId: null, version: row.version + 1, updatedAt: transaction.statementAt }),
      );
      if (freed === null) return;
      for (const { variantId } of held) {
        const line = await transaction.lock(cartLines, cartLineKey(cartId, variantId));
        if (line === undefined) continue;
        const left = line.quantity - (ordered.get(variantId) ?? 0);
        if (left > 0) transaction.put(cartLines, { ...line, quantity: left });
        else transaction.remove(cartLines, cartLineKey(cartId, variantId));
      }
    },
    async giveBack(cartId, orderId) {
      await transaction.statement();
      await update(
        cartId,
        ({ liveOrderId }) => liveOrderId === orderId,
        (row) => ({ ...row, liveOrderId: null }),
      );
    },
  };
}

export function createExpiredCarts(session: Session): ExpiredCarts {
  return {
    remove: (limit) =>
      statementOn(session, async (transaction) => {
        const isOver = ({ expiresAt, liveOrderId }: CartRow) => expiresAt < transaction.startedAt && liveOrderId === null;
        const over = transaction.rows(carts).filter(isOver);
        const removed: Id<'cart'>[] = [];
        for (const { id } of over.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())) {
          if (removed.length === limit) break;
          const row = transaction.tryLock(carts, id)?.row;
          if (row !== undefined && isOver(row)) removed.push(id);
        }
        for (const id of removed) {
          transaction.remove(carts, id);
          for (const { variantId } of transaction.rowsBy(cartLines, 'cart', id)) await removeLine(transaction, id, variantId);
        }
        return removed.length;
      }),
  };
}

const hasLine = (transaction: Transaction, cartId: Id<'cart'>, variantId: Id<'var'>): boolean =>
  transaction.read(cartLines, cartLineKey(cartId, variantId)) !== undefined;

async function removeLine(transaction: Transaction, cartId: Id<'cart'>, variantId: Id<'var'>): Promise<CartLineRow | undefined> {
  const key = cartLineKey(cartId, variantId);
  const line = await transaction.lock(cartLines, key);
  if (line !== undefined) transaction.remove(cartLines, key);
  return line;
}

const lifeFrom = (now: Date): Pick<CartRow, 'expiresAt' | 'updatedAt'> => ({ expiresAt: new Date(now.getTime() + lifeMs), updatedAt: now });

const toLocked = ({ id, ownerId, version, liveOrderId }: CartRow): LockedCart => ({ id, ownerId, version, liveOrderId });
