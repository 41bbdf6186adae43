import type { Id } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import { searchRows, stock, variants } from './tables.ts';

/** Shows products that can be bought again: their search rows are locked in id order. */
export async function showInSearches(transaction: Transaction, variantIds: readonly Id<'var'>[]): Promise<void> {
  const productIds = new Set(variantIds.flatMap((id) => transaction.read(variants, id)?.productId ?? []));
  for (const productId of [...productIds].toSorted()) {
    if ((await transaction.lock(searchRows, productId)) !== undefined) transaction.put(searchRows, { productId, inStock: true });
  }
}

/** Two statements: the second sees what was committed while the first waited for the search row. */
export async function followStock(transaction: Transaction, variantId: Id<'var'>): Promise<void> {
  await transaction.statement();
  const productId = transaction.read(variants, variantId)?.productId;
  if (productId !== undefined) await transaction.lock(searchRows, productId);

  await transaction.statement();
  const row = productId === undefined ? undefined : transaction.read(searchRows, productId);
  if (productId === undefined || row === undefined) return;
  const inStock = transaction.rowsBy(variants, 'product', productId).some(({ id }) => (transaction.read(stock, id)?.available ?? 0) > 0);
  if (row.inStock === inStock) return;
  await transaction.lock(searchRows, productId);
  transaction.put(searchRows, { productId, inStock });
}
