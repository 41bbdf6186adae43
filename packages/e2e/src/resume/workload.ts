import { setTimeout as pause } from 'node:timers/promises';
import { freshKey } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import { unknown, type History, type Purchase } from './history.ts';
import type { Random } from './random.ts';
import { sendPurchase } from './send-purchase.ts';
import { purchaseKinds, type PurchaseKind } from './shoppers.ts';

/** What the shoppers of a run need: one buyer per kind of purchase, each with the payment method that behaves so. */
export interface Shop {
  readonly graph: Graph;
  readonly tokenOf: (buyer: number) => Promise<string>;
  readonly methodOf: ReadonlyMap<PurchaseKind, string>;
  readonly variantIds: readonly string[];
  readonly random: Random;
  readonly history: History;
}

const buyerOf = (kind: PurchaseKind): number => 100 + purchaseKinds.indexOf(kind);

/** Gives each kind of purchase its buyer and payment method. */
export async function openShop(shop: Omit<Shop, 'methodOf'>): Promise<Shop> {
  const methodOf = new Map<PurchaseKind, string>();
  for (const kind of purchaseKinds) {
    const { paymentMethodAdd } = await shop.graph.ask(
      'PaymentMethodAdd',
      { input: { provider: 'simulator', token: kind, makeDefault: true } },
      { token: await shop.tokenOf(buyerOf(kind)) },
    );
    if (paymentMethodAdd.paymentMethod === null)
      throw new Error(`no payment method for ${kind}: ${JSON.stringify(paymentMethodAdd.userErrors)}`);
    methodOf.set(kind, paymentMethodAdd.paymentMethod.id);
  }
  return { ...shop, methodOf };
}

/** Asks again with the same key what became of requests whose answer was lost, as a good client does. */
export async function askAgain(shop: Shop): Promise<void> {
  await Promise.all(unknown(shop.history).map((purchase) => send(shop, purchase)));
}

/** One purchase of a kind, and what its buyer does next; never throws for a system that dies meanwhile. */
export async function buy(shop: Shop, kind: PurchaseKind, andThen: 'wait' | 'cancel-at-once' | 'cancel-when-paid'): Promise<Purchase> {
  const variantId = shop.variantIds[shop.random.between(0, shop.variantIds.length - 1)] ?? '';
  const purchase: Purchase = {
    buyer: buyerOf(kind),
    key: freshKey(kind),
    variantId,
    quantity: shop.random.between(1, 2),
    paymentMethodId: shop.methodOf.get(kind) ?? '',
    state: 'open',
    orderId: null,
    total: null,
  };
  shop.history.purchases.push(purchase);
  await send(shop, purchase);
  if (purchase.orderId === null || andThen === 'wait') return purchase;
  if (andThen === 'cancel-when-paid') await untilPaid(shop, purchase);
  else await pause(shop.random.between(60, 200));
  await cancel(shop, purchase);
  return purchase;
}

async function send(shop: Shop, purchase: Purchase): Promise<void> {
  await sendPurchase(shop.graph, purchase, await shop.tokenOf(purchase.buyer));
}

async function untilPaid(shop: Shop, purchase: Purchase): Promise<void> {
  for (let left = 100; left > 0; left--) {
    try {
      const { order } = await shop.graph.ask('OrderStatus', { id: purchase.orderId }, { token: await shop.tokenOf(purchase.buyer) });
      if (order !== null && order.status !== 'PENDING' && order.status !== 'STOCK_RESERVED' && order.status !== 'CONFIRMED') return;
    } catch {
      return; // the system is gone: the cancel below is lost with it, which is part of the trial
    }
    await pause(20);
  }
}

async function cancel(shop: Shop, purchase: Purchase): Promise<void> {
  try {
    await shop.graph.ask(
      'OrderCancel',
      { input: { orderId: purchase.orderId, reason: 'CUSTOMER', idempotencyKey: `${purchase.key}-cancel` } },
      { token: await shop.tokenOf(purchase.buyer) },
    );
  } catch {
    // A lost cancel may have happened: either end of the order is right.
  }
}
