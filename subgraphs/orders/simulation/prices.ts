import { money, type Id } from '@tally/kernel';
import type { Session, Transaction } from '@tally/simulation';
import type { VariantPrice } from '../src/domain/pricing.ts';
import type { PriceReads, PriceReplica } from '../src/ports/price-replica.ts';
import { insertOrChange, statementOn } from './statements.ts';
import { ordersTables, type PriceRow } from './tables.ts';

const { prices } = ordersTables;

/** @param currency the shop's. */
export function createPriceReads(session: Session, currency: string): PriceReads {
  return {
    pricesOf: (variantIds) =>
      statementOn(session, (transaction) => {
        const found = variantIds.map((id) => priceIn(transaction, currency, id)).filter((price) => price !== null);
        return new Map(found.map((price) => [price.variantId, price]));
      }),
  };
}

/** The replica, each record applied by one statement of its own. */
export function createPriceReplica(session: Session): PriceReplica {
  return {
    replace: ({ product, title, seller, variants }, sequence) =>
      statementOn(session, async (transaction) => {
        const before = transaction.rowsBy(prices, 'product', product.id);
        if (before.some((row) => row.sequence >= sequence)) return false;
        const updatedAt = transaction.startedAt;
        const named = new Set(variants.map(({ id }) => id));
        const gone = before.filter(({ variantId }) => !named.has(variantId));
        await retire(transaction, product.id, gone, sequence);
        for (const variant of variants) {
          const { id: variantId, sku, price, taxClass, weightGrams, sellable } = variant;
          const row: PriceRow = {
            ...{ variantId, productId: product.id, sellerId: seller.id, sku, taxClass, weightGrams, sellable, sequence, updatedAt },
            title: variant.title === '' || variant.title === title ? title : `${title}, ${variant.title}`,
            unitPrice: money(price.amount, price.currency),
          };
          await insertOrChange(transaction, prices, row, (known) => (known.sequence < sequence ? row : null));
        }
        return true;
      }),
    retire: ({ product }, sequence) =>
      statementOn(session, async (transaction) => {
        const older = transaction.rowsBy(prices, 'product', product.id).filter((row) => row.sequence < sequence);
        return (await retire(transaction, product.id, older, sequence)) > 0;
      }),
  };
}

/** `null`: the replica does not know the variant, or sells it in another currency. */
export function priceIn(transaction: Transaction, currency: string, variantId: Id<'var'>): VariantPrice | null {
  const row = transaction.read(prices, variantId);
  if (row?.unitPrice.currency !== currency) return null;
  const { sequence: _, updatedAt: __, ...price } = row;
  return price;
}

/** @returns how many were still older. */
async function retire(transaction: Transaction, productId: Id<'prod'>, rows: readonly PriceRow[], sequence: number): Promise<number> {
  let retired = 0;
  for (const { variantId } of rows) {
    const row = await transaction.lock(prices, variantId);
    if (row?.productId !== productId || row.sequence >= sequence) continue;
    transaction.put(prices, { ...row, sellable: false, sequence, updatedAt: transaction.startedAt });
    retired++;
  }
  return retired;
}
