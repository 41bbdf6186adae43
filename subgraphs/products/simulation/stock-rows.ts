import { lockedSequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import type { ChangedStock, MovementKind, StockLine } from '../src/domain/stock.ts';
import { movements, stock, type StockRow } from './tables.ts';

/** As rows are locked: by id. */
export const inIdOrder = <Line extends { readonly variantId: Id<'var'> }>(lines: readonly Line[]): readonly Line[] =>
  lines.toSorted((left, right) => (left.variantId < right.variantId ? -1 : 1));

/** Locks the stock rows of lines one by one, in the order given: as they are under the lock. */
export async function lockInOrder(
  transaction: Transaction,
  lines: readonly Pick<StockLine, 'variantId'>[],
): Promise<ReadonlyMap<Id<'var'>, StockRow>> {
  const locked = new Map<Id<'var'>, StockRow>();
  for (const { variantId } of lines) {
    const level = await transaction.lock(stock, variantId);
    if (level !== undefined) locked.set(variantId, level);
  }
  return locked;
}

/** The next version of a locked stock row. */
export function changeStock(
  transaction: Transaction,
  level: StockRow,
  by: { readonly available: number; readonly reserved: number },
): ChangedStock {
  const { variantId } = level;
  const changed = {
    variantId,
    available: level.available + by.available,
    reserved: level.reserved + by.reserved,
    version: level.version + 1,
  };
  transaction.put(stock, { ...changed, updatedAt: transaction.startedAt });
  return { ...changed, version: lockedSequence(changed.version) };
}

/** Writes the movements of one statement. */
export async function record(
  transaction: Transaction,
  kind: MovementKind,
  orderId: Id<'ord'> | null,
  lines: readonly StockLine[],
  changed: readonly ChangedStock[],
  reason: string | null = null,
): Promise<void> {
  const quantities = new Map(lines.map(({ variantId, quantity }) => [variantId, quantity]));
  for (const { variantId, version } of changed) {
    const moved = { variantId, version, kind, quantity: quantities.get(variantId) ?? 0, orderId, reason };
    await transaction.insertNew(movements, { ...moved, at: transaction.startedAt });
  }
}
