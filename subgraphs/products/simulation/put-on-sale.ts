import type { Id } from '@tally/kernel';
import { lockedSequence } from '@tally/events';
import type { Transaction } from '@tally/simulation';
import { movements, products, searchRows, stock, variants } from './tables.ts';
import type { ChangedStock } from '../src/domain/stock.ts';

/** A product as stock knows it: its variants and how many of each there are. */
export interface OnSale {
  readonly productId: Id<'prod'>;
  readonly variants: readonly { readonly id: Id<'var'>; readonly onHand: number }[];
}

/** Stores an ACTIVE product with opening stock and first movements. @returns the first level of each variant. */
export async function storeProduct(transaction: Transaction, { productId, variants: opened }: OnSale): Promise<readonly ChangedStock[]> {
  await transaction.statement();
  const at = transaction.startedAt;
  await transaction.insertNew(products, { id: productId, status: 'ACTIVE' });
  for (const { id, onHand } of opened) {
    await transaction.insertNew(variants, { id, productId });
    await transaction.insertNew(stock, { variantId: id, available: onHand, reserved: 0, version: 1, updatedAt: at });
    const opening = { variantId: id, version: 1, kind: 'OPENING', quantity: onHand, orderId: null, reason: null, at } as const;
    await transaction.insertNew(movements, opening);
  }
  await transaction.insertNew(searchRows, { productId, inStock: opened.some(({ onHand }) => onHand > 0) });
  return opened.map(({ id, onHand }) => ({ variantId: id, available: onHand, reserved: 0, version: lockedSequence(1) }));
}
