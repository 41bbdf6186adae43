import { createRandom } from '@tally/kernel';
import { cartsStoreContract } from './contract/carts-store.contract.ts';
import { dueSagasContract } from './contract/due-sagas.contract.ts';
import { openMemoryStores } from './contract/memory-stores.ts';
import { orderedCartsContract } from './contract/ordered-carts.contract.ts';
import { ordersStoreContract } from './contract/orders-store.contract.ts';
import { priceReplicaContract } from './contract/price-replica.contract.ts';
import { sagasStoreContract } from './contract/sagas-store.contract.ts';

const schedules = [
  { name: 'in memory', random: () => 0 },
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ name: `in memory, interleaved by seed ${seed}`, random: createRandom(seed).next })),
];

for (const { name, random } of schedules) {
  const open = () => Promise.resolve(openMemoryStores(random));
  ordersStoreContract(`orders ${name}`, open);
  sagasStoreContract(`sagas ${name}`, open);
  dueSagasContract(`due sagas ${name}`, open);
  cartsStoreContract(`carts ${name}`, open);
  orderedCartsContract(`carts that become orders ${name}`, open);
  priceReplicaContract(`prices ${name}`, open);
}
