import { openMemoryStock } from './memory-stock.ts';
import { stockStoreContract } from './stock-store.contract.ts';

for (const seed of [1, 2, 3, 4, 5])
  stockStoreContract(`memory, interleaving ${String(seed)}`, () => Promise.resolve(openMemoryStock(seed)));
