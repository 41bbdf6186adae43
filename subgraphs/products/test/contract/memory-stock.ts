import { newId } from '@tally/kernel';
import { createRandom } from '@tally/kernel';
import { createMemoryDatabase, createMemoryTransact, standaloneProcess } from '@tally/simulation';
import { storeProduct, type OnSale } from '../../simulation/put-on-sale.ts';
import { createStockStore } from '../../simulation/stock-store.ts';
import { productsTables as tables } from '../../simulation/tables.ts';
import type { StockWorld } from './stock-store.contract.ts';

/** Stock in memory, and a way to put a product of given ids on sale. */
export interface MemoryStock extends StockWorld {
  putOnSale(product: OnSale): Promise<void>;
}

/** @param seed decides who goes first wherever somebody else may. */
export function openMemoryStock(seed: number): MemoryStock {
  const database = createMemoryDatabase({ now: () => new Date(0) });
  const random = createRandom(seed);
  async function turn(): Promise<void> {
    for (let hops = random.between(0, 3); hops > 0; hops--) await Promise.resolve();
  }
  const process = { ...standaloneProcess({ database }), session: database.session({ turn }), turn };
  const transact = createMemoryTransact({
    process,
    consumer: 'products',
    stores: (transaction) => ({ stock: createStockStore(transaction), store: (product: OnSale) => storeProduct(transaction, product) }),
  });
  const putOnSale = async (product: OnSale): Promise<void> => {
    await transact(({ store }) => store(product));
  };
  return {
    transact: (work) => transact(({ stock }) => work(stock)),
    putOnSale,
    async aProduct(onHand) {
      const variants = onHand.map((left) => ({ id: newId('var'), onHand: left })).toSorted((left, right) => (left.id < right.id ? -1 : 1));
      const ids = variants.map(({ id }) => id);
      await putOnSale({ productId: newId('prod'), variants: ids.map((id, at) => ({ id, onHand: onHand[at] ?? 0 })) });
      return ids;
    },
    isShown(variantId) {
      const productId = database.committed(tables.variants).find(({ id }) => id === variantId)?.productId;
      return Promise.resolve(database.committed(tables.searchRows).some((row) => row.productId === productId && row.inStock));
    },
    rows() {
      const reserved = database.committed(tables.claims).filter(({ state }) => state === 'RESERVED');
      const holders = new Set(reserved.map(({ orderId }) => orderId));
      return Promise.resolve({
        stock: database.committed(tables.stock),
        movements: database.committed(tables.movements),
        held: database.committed(tables.reservations).filter(({ orderId }) => holders.has(orderId)),
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
