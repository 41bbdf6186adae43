import { commandsStoreContract } from './commands-store.contract.ts';
import { openMemoryStores } from './memory-stores.ts';
import { settlementStoreContract } from './settlement-store.contract.ts';
import { workQueueContract } from './work-queue.contract.ts';

for (const seed of [1, 2, 3, 4, 5]) {
  for (const contract of [commandsStoreContract, workQueueContract, settlementStoreContract]) {
    contract(`memory, interleaving ${String(seed)}`, () => Promise.resolve(openMemoryStores(seed)));
  }
}
