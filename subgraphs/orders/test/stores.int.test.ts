import { cartsStoreContract } from './contract/carts-store.contract.ts';
import { dueSagasContract } from './contract/due-sagas.contract.ts';
import { orderedCartsContract } from './contract/ordered-carts.contract.ts';
import { ordersStoreContract } from './contract/orders-store.contract.ts';
import { priceReplicaContract } from './contract/price-replica.contract.ts';
import { openPrismaStores } from './contract/prisma-stores.ts';
import { sagasStoreContract } from './contract/sagas-store.contract.ts';

ordersStoreContract('orders in PostgreSQL', openPrismaStores);
sagasStoreContract('sagas in PostgreSQL', openPrismaStores);
dueSagasContract('due sagas in PostgreSQL', openPrismaStores);
cartsStoreContract('carts in PostgreSQL', openPrismaStores);
orderedCartsContract('carts that become orders in PostgreSQL', openPrismaStores);
priceReplicaContract('prices in PostgreSQL', openPrismaStores);
