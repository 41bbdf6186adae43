import { setImmediate as allWait } from 'node:timers/promises';
import { createMemoryDatabase, type Transaction } from '@tally/simulation';
import { createCartReads } from '../../simulation/cart-reads.ts';
import { createCartsStore, createExpiredCarts } from '../../simulation/carts-store.ts';
import { createDueSagas } from '../../simulation/due-sagas.ts';
import { createOrderReads } from '../../simulation/order-reads.ts';
import { createOrdersStore } from '../../simulation/orders-store.ts';
import { createPriceReads, createPriceReplica } from '../../simulation/prices.ts';
import { createSagasStore } from '../../simulation/sagas-store.ts';
import { createShipmentsStore } from '../../simulation/shipments-store.ts';
import { ordersTables } from '../../simulation/tables.ts';
import { start } from '../sagas.ts';
import type { StoresWorld } from './stores-world.ts';

const currency = 'EUR';

/** @param random 0 up to 1: how long a transaction hesitates before each statement. */
export function openMemoryStores(random: () => number = () => 0): StoresWorld {
  let elapsedMs = 0;
  const database = createMemoryDatabase({ now: () => new Date(start.getTime() + elapsedMs++) });
  const session = database.session({
    async turn() {
      for (let left = Math.floor(random() * 40); left > 0; left--) await Promise.resolve();
    },
  });
  const stores = (transaction: Transaction) => ({
    orders: createOrdersStore(transaction),
    sagas: createSagasStore(transaction),
    carts: createCartsStore(transaction, currency),
    shipments: createShipmentsStore(transaction),
  });
  return {
    transaction: (work) => session.transaction((transaction) => work(stores(transaction))),
    orders: createOrderReads(session),
    carts: createCartReads(session, currency),
    expired: createExpiredCarts(session),
    due: createDueSagas(session),
    prices: createPriceReads(session, currency),
    replica: createPriceReplica(session),
    expire: (cartId, expiresAt = new Date(0)) =>
      session.transaction(async (transaction) => {
        const cart = await transaction.lock(ordersTables.carts, cartId);
        if (cart !== undefined) transaction.put(ordersTables.carts, { ...cart, expiresAt });
      }),
    wakesAt: (orderId) => Promise.resolve(database.committed(ordersTables.sagas).find((saga) => saga.orderId === orderId)?.wakeAt ?? null),
    makeDue: (orderId) =>
      session.transaction(async (transaction) => {
        const saga = await transaction.lock(ordersTables.sagas, orderId);
        if (saga !== undefined) transaction.put(ordersTables.sagas, { ...saga, wakeAt: start });
      }),
    // Nothing but promises moves a memory database.
    somebodyWaits: () => allWait(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
