import { toUuid } from '@tally/kernel';
import { prismaAdapter, sqlOf } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql } from '@tally/testkit';
import { createCartReads } from '../../src/adapters/prisma/cart-reads.ts';
import { createCartsStore, createExpiredCarts } from '../../src/adapters/prisma/carts-store.ts';
import { createOrderReads } from '../../src/adapters/prisma/order-reads.ts';
import { createOrdersStore } from '../../src/adapters/prisma/orders-store.ts';
import { createPriceReads, createPriceReplica } from '../../src/adapters/prisma/price-replica.ts';
import { createDueSagas, createSagasStore } from '../../src/adapters/prisma/sagas-store.ts';
import { createShipmentsStore } from '../../src/adapters/prisma/shipments-store.ts';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { StoresWorld } from './stores-world.ts';

const currency = 'EUR';

const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

/** The stores of production, on a database of their own. */
export async function openPrismaStores(): Promise<StoresWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const owner = stack.use(await openSql(database.urls.orders.owner));
  const admin = stack.use(await openSql(database.adminUrl));
  const client = new PrismaClient({ adapter: prismaAdapter({ url: database.urls.orders.app, schema: 'orders', maxConnections: 10 }) });
  stack.defer(() => client.$disconnect());
  const sql = sqlOf(client);
  const owned = stack.move();
  return {
    transaction: (work) =>
      client.$transaction((tx) => {
        const open = sqlOf(tx);
        return work({
          orders: createOrdersStore(open),
          sagas: createSagasStore(open),
          carts: createCartsStore(open, currency),
          shipments: createShipmentsStore(tx, open),
        });
      }),
    orders: createOrderReads(sql),
    carts: createCartReads(sql, currency),
    expired: createExpiredCarts(sql),
    due: createDueSagas(sql),
    prices: createPriceReads(sql, currency),
    replica: createPriceReplica(sql),
    async expire(cartId, expiresAt = new Date(0)) {
      await owner.execute('UPDATE cart SET expires_at = $2 WHERE id = $1', [toUuid(cartId), expiresAt]);
    },
    async wakesAt(orderId) {
      return (await owner.row('SELECT wake_at FROM saga WHERE order_id = $1', [toUuid(orderId)]))['wake_at'] as Date | null;
    },
    async makeDue(orderId) {
      await owner.execute('UPDATE saga SET wake_at = now() WHERE order_id = $1', [toUuid(orderId)]);
    },
    async somebodyWaits() {
      await eventually(async () => {
        if ((await admin.rows(waiting)).length === 0) throw new Error('nobody waits');
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
