import { setTimeout as pause } from 'node:timers/promises';
import { freshKey } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import { unknown, type History, type Purchase } from './history.ts';
import type { Random } from '@tally/kernel';
import { sendPurchase } from './send-purchase.ts';
import { purchaseKinds, type PurchaseKind } from './shoppers.ts';

/** What the shoppers of a run need: one buyer per kind of purchase, each with the payment method that behaves so. */
export interface Shop {
  /** One per gateway; each request goes to one of them. */
  readonly graphs: readonly [Graph, ...Graph[]];
  readonly tokenOf: (buyer: number) => Promise<string>;
  readonly methodOf: ReadonlyMap<PurchaseKind, string>;
  readonly variantIds: readonly string[];
  readonly random: Random;
  readonly history: History;
  /** Purchases that somebody is asking for at this moment. */
  readonly busy: Set<Purchase>;
}

const buyerOf = (kind: PurchaseKind): number => 100 + purchaseKinds.indexOf(kind);

/** Gives each kind of purchase its buyer and payment method. */
export async function openShop(shop: Omit<Shop, 'methodOf' | 'busy'>): Promise<Shop> {
  const methodOf = new Map<PurchaseKind, string>();
  for (const kind of purchaseKinds) {
    const { paymentMethodAdd } = await shop.graphs[0].ask(
      'PaymentMethodAdd',
      { input: { provider: 'simulator', token: kind, makeDefault: true } },
      { token: await shop.tokenOf(buyerOf(kind)) },
    );
    if (paymentMethodAdd.paymentMethod === null)
      throw new Error(`no payment method for ${kind}: ${JSON.stringify(paymentMethodAdd.userErrors)}`);
    methodOf.set(kind, paymentMethodAdd.paymentMethod.id);
  }
  return { ...shop, methodOf, busy: new Set() };
}

/** Asks again, with the same keys, what became of requests whose answer was lost, as a good client does. */
export async function askAgain(shop: Shop): Promise<void> {
  const idle = unknown(shop.history).filter((purchase) => !shop.busy.has(purchase));
  await Promise.all(
    idle.map((purchase) =>
      occupied(shop, purchase, async () => {
        if (purchase.state !== 'ok') await send(shop, purchase);
        if (purchase.cancel === 'wanted') await cancel(shop, purchase);
      }),
    ),
  );
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
    ...(andThen === 'wait' ? {} : { cancel: 'wanted' }),
  };
  shop.history.purchases.push(purchase);
  await occupied(shop, purchase, async () => {
    await send(shop, purchase);
    if (purchase.orderId === null || andThen === 'wait') return;
    if (andThen === 'cancel-when-paid') await untilPaid(shop, purchase);
    else await pause(shop.random.between(60, 200));
    await cancel(shop, purchase);
  });
  return purchase;
}

async function occupied({ busy }: Shop, purchase: Purchase, work: () => Promise<void>): Promise<void> {
  busy.add(purchase);
  try {
    await work();
  } finally {
    busy.delete(purchase);
  }
}

const graphOf = ({ graphs, random }: Shop): Graph => random.pick(graphs);

async function send(shop: Shop, purchase: Purchase): Promise<void> {
  await sendPurchase(graphOf(shop), purchase, await shop.tokenOf(purchase.buyer));
}

async function untilPaid(shop: Shop, purchase: Purchase): Promise<void> {
  for (let left = 100; left > 0; left--) {
    try {
      const { order } = await graphOf(shop).ask('OrderStatus', { id: purchase.orderId }, { token: await shop.tokenOf(purchase.buyer) });
      if (order !== null && order.status !== 'PENDING' && order.status !== 'STOCK_RESERVED' && order.status !== 'CONFIRMED') return;
    } catch {
      return; // the system is gone: the cancel below is lost with it, which is part of the trial
    }
    await pause(20);
  }
}

/** A lost answer leaves the wish open; whatever else the answer says, either end of the order is right. */
async function cancel(shop: Shop, purchase: Purchase): Promise<void> {
  if (purchase.orderId === null) return;
  try {
    const input = { orderId: purchase.orderId, reason: 'CUSTOMER', idempotencyKey: `${purchase.key}-cancel` };
    const { data, errors } = await graphOf(shop).send('OrderCancel', { input }, { token: await shop.tokenOf(purchase.buyer) });
    const codes = data?.orderCancel.userErrors.map(({ code }) => code) ?? [];
    if (data !== null && errors.length === 0 && !codes.includes('IDEMPOTENCY_IN_PROGRESS')) purchase.cancel = 'answered';
  } catch {
    // No answer at all.
  }
}
