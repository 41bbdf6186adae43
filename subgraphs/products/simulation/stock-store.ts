import { lockedSequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import { limits } from '../src/domain/limits.ts';
import type { ShortLine } from '../src/domain/stock-claim.ts';
import type { ChangedStock, StockLine } from '../src/domain/stock.ts';
import type { ClaimAfter, StockStore } from '../src/ports/stock-store.ts';
import { followStock, showInSearches } from './search-rows.ts';
import { changeStock, inIdOrder, lockInOrder, record } from './stock-rows.ts';
import { claims, products, reservations, stock, variants, type ClaimRow, type StockRow } from './tables.ts';

/** Stock on an open transaction in memory. Statements of one order take turns, as they do in PostgreSQL. */
export function createStockStore(transaction: Transaction): StockStore {
  const turn = (orderId: Id<'ord'>): Promise<void> => transaction.advisory(`order ${orderId}`);

  async function reserve(orderId: Id<'ord'>, lines: readonly StockLine[]): Promise<ClaimAfter | null> {
    await transaction.statement();
    // A claim that can be seen already takes no locks, and one that comes up while this waits for its turn is not seen: the insert finds it.
    if (transaction.read(claims, orderId) !== undefined || lines.length === 0) return null;
    const onSale = new Set(lines.filter(({ variantId }) => isSellable(transaction, variantId)).map(({ variantId }) => variantId));
    const known = lines.filter(({ variantId }) => transaction.read(stock, variantId) !== undefined);
    await turn(orderId);
    const locked = await lockInOrder(transaction, inIdOrder(known));
    const checked = lines.map((line) => ({ ...line, available: locked.get(line.variantId)?.available ?? 0 }));
    const unsellable = checked.filter(({ variantId }) => !onSale.has(variantId));
    const missing = unsellable.length > 0 ? unsellable : checked.filter(({ available, quantity }) => available < quantity);
    const reason = missing.length === 0 ? null : unsellable.length > 0 ? 'NOT_SELLABLE' : 'SHORT';
    const claim = aClaim(transaction, orderId, reason === null ? 'RESERVED' : 'REJECTED', reason, inIdOrder(missing));
    if (!(await transaction.insert(claims, claim))) return null;
    if (reason !== null) return after(claim, []);

    const taken = changeEach(lines, locked, (level, quantity) =>
      changeStock(transaction, level, { available: -quantity, reserved: quantity }),
    );
    for (const { variantId, quantity } of lines) await transaction.insertNew(reservations, { orderId, variantId, quantity });
    await record(transaction, 'RESERVED', orderId, lines, taken);
    return after(claim, taken);
  }

  async function commit(orderId: Id<'ord'>): Promise<ClaimAfter | null> {
    await transaction.statement();
    if (transaction.read(claims, orderId)?.state !== 'RESERVED') return null;
    const lines = inIdOrder(transaction.rowsBy(reservations, 'order', orderId));
    await turn(orderId);
    const was = await transaction.lock(claims, orderId);
    if (was?.state !== 'RESERVED') return null;
    const claim = { ...was, state: 'COMMITTED', sequence: was.sequence + 1, updatedAt: transaction.startedAt } as const;
    transaction.put(claims, claim);
    const locked = await lockInOrder(transaction, lines);
    const sold = changeEach(lines, locked, (level, quantity) => changeStock(transaction, level, { available: 0, reserved: -quantity }));
    await record(transaction, 'COMMITTED', orderId, lines, sold);
    return after(claim, sold);
  }

  async function release(orderId: Id<'ord'>, reason: string): Promise<ClaimAfter | null> {
    await transaction.statement();
    if (transaction.read(claims, orderId) === undefined) return null;
    const lines = inIdOrder(transaction.rowsBy(reservations, 'order', orderId));
    await turn(orderId);
    const was = await transaction.lock(claims, orderId);
    if (was === undefined) return null;
    const holds = was.state === 'RESERVED' || was.state === 'COMMITTED';
    const counted = { ...was, sequence: was.sequence + 1, updatedAt: transaction.startedAt };
    const claim = holds ? ({ ...counted, state: 'RELEASED', reason } as const) : counted;
    transaction.put(claims, claim);
    if (!holds) return after(claim, []);

    const locked = await lockInOrder(transaction, lines);
    const freed = changeEach(lines, locked, (level, quantity) =>
      changeStock(transaction, level, { available: quantity, reserved: was.state === 'RESERVED' ? -quantity : 0 }),
    );
    await record(transaction, was.state === 'RESERVED' ? 'RELEASED' : 'RESTOCKED', orderId, lines, freed);
    await showInSearches(
      transaction,
      [...locked.values()].flatMap(({ variantId, available }) => (available === 0 ? [variantId] : [])),
    );
    return after(claim, freed);
  }

  async function bury(orderId: Id<'ord'>, reason: string): Promise<ClaimAfter | null> {
    await transaction.statement();
    const tombstone = aClaim(transaction, orderId, 'RELEASED', reason, []);
    return (await transaction.insert(claims, tombstone)) ? after(tombstone, []) : null;
  }

  async function again(orderId: Id<'ord'>): Promise<ClaimAfter | null> {
    await transaction.statement();
    const was = await transaction.lock(claims, orderId);
    if (was === undefined) return null;
    const claim = { ...was, sequence: was.sequence + 1, updatedAt: transaction.startedAt };
    transaction.put(claims, claim);
    return after(claim, []);
  }

  return {
    async reserve(orderId, lines) {
      const claim = (await reserve(orderId, lines)) ?? (await again(orderId));
      if (claim === null) throw new Error(`${orderId} has neither a claim nor lines`);
      return claim;
    },
    commit: async (orderId) => (await commit(orderId)) ?? (await again(orderId)),
    async release(orderId, reason) {
      const claim = (await release(orderId, reason)) ?? (await bury(orderId, reason)) ?? (await release(orderId, reason));
      if (claim === null) throw new Error(`${orderId} has a claim that cannot be seen`);
      return claim;
    },
    async adjust(variantId, delta, reason) {
      await transaction.statement();
      const fits = (available: number): boolean => available + delta >= 0 && available + delta <= limits.stock;
      const seen = transaction.read(stock, variantId);
      const level = seen !== undefined && fits(seen.available) ? await transaction.lock(stock, variantId) : undefined;
      if (level !== undefined && fits(level.available)) {
        const changed = changeStock(transaction, level, { available: delta, reserved: 0 });
        await record(transaction, 'ADJUSTED', null, [{ variantId, quantity: delta }], [changed], reason);
        if (changed.available === delta) await showInSearches(transaction, [variantId]);
        return changed;
      }
      await transaction.statement();
      const present = transaction.read(stock, variantId);
      return present === undefined ? null : { refused: delta < 0 ? 'short' : 'full', available: present.available };
    },
    followStock: (variantId) => followStock(transaction, variantId),
  };
}

const changeEach = (
  lines: readonly StockLine[],
  locked: ReadonlyMap<Id<'var'>, StockRow>,
  change: (level: StockRow, quantity: number) => ChangedStock,
): readonly ChangedStock[] =>
  lines.flatMap(({ variantId, quantity }) => {
    const level = locked.get(variantId);
    return level === undefined ? [] : [change(level, quantity)];
  });

function isSellable(transaction: Transaction, variantId: Id<'var'>): boolean {
  const variant = transaction.read(variants, variantId);
  const product = variant === undefined ? undefined : transaction.read(products, variant.productId);
  return product?.status === 'ACTIVE' && transaction.read(stock, variantId) !== undefined;
}

function aClaim(
  { startedAt }: Transaction,
  orderId: Id<'ord'>,
  state: ClaimRow['state'],
  reason: string | null,
  missing: readonly (StockLine & { readonly available: number })[],
): ClaimRow {
  const short: readonly ShortLine[] = missing.map(({ variantId, quantity, available }) => ({ variantId, requested: quantity, available }));
  return { orderId, state, sequence: 1, reason, short, createdAt: startedAt, updatedAt: startedAt };
}

const after = ({ state, sequence, reason, short }: ClaimRow, changed: readonly ChangedStock[]): ClaimAfter => ({
  claim: { state, sequence: lockedSequence(sequence), reason, short },
  changed,
});
