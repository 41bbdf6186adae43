import type { SimulatedOrders } from '@tally/orders/simulation';
import type { Id } from '@tally/kernel';
import type { Asked, History, Seen } from '../history.ts';
import type { Line, Purchase } from './plan.ts';

type UseCases = SimulatedOrders['useCases'];

/** The shop as its clients reach it. */
export interface Shop {
  /**
   * Sends a request to one of the processes of orders.
   *
   * @returns what it answered; `null`: no answer came, or only that something broke. It may have happened.
   */
  ask<Answer>(request: (useCases: UseCases) => Promise<Answer>): Promise<Answer | null>;
  /** In milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds since the beginning. */
  nowMs(): number;
  random(): number;
  methodOf(purchase: Purchase): Id<'pm'> | null;
}

interface CheckoutInput {
  readonly cartId?: string;
  readonly lines?: readonly Line[];
  readonly shippingAddress: { readonly line1: string; readonly city: string; readonly postalCode: string; readonly country: string };
  readonly paymentMethodId: string | null;
}

const shippingAddress = { line1: '1 Example Street', city: 'Berlin', postalCode: '10115', country: 'DE' };
/** Nobody asks more often: the world has healed long before. */
const mostTries = 200;
const pauseMs = 1_500;

/** One buyer carries out one purchase, asking again with the same key until somebody says what came of it. */
export async function goShopping(shop: Shop, history: History, purchase: Purchase): Promise<void> {
  const { atMs, clicks, lastClickDiffers, lines, cancelAfterMs } = purchase;
  await shop.sleep(Math.max(0, atMs - shop.nowMs()));
  const source = purchase.fromCart ? await fillCart(shop, purchase) : { lines };
  if (source === null) return;
  const input: CheckoutInput = { ...source, shippingAddress, paymentMethodId: shop.methodOf(purchase) };
  const other: CheckoutInput = { ...input, shippingAddress: { ...shippingAddress, line1: '2 Example Street' } };
  const inputs = Array.from({ length: clicks }, (_, click) => (lastClickDiffers && click === clicks - 1 ? other : input));
  const seen = await Promise.all(inputs.map((one) => checkOut(shop, history, purchase, one)));
  const bought = seen.find((one) => one.kind === 'ok');
  if (bought?.kind !== 'ok' || cancelAfterMs === null) return;
  await shop.sleep(cancelAfterMs);
  await callOff(shop, history, purchase, bought.orderId);
}

async function fillCart(shop: Shop, { buyer, lines }: Purchase): Promise<{ readonly cartId: string } | null> {
  const actor = { userId: buyer.id, keyScope: buyer.id, scopes: [] };
  for (let tries = 0; tries < mostTries; tries++) {
    const outcome = await shop.ask(({ setCartLines }) => setCartLines({ actor, input: { lines } }));
    if (outcome?.ok === true) return { cartId: outcome.value.cart.id };
    if (outcome?.ok === false) return null;
    await shop.sleep(pauseMs);
  }
  return null;
}

async function checkOut(shop: Shop, history: History, purchase: Purchase, input: CheckoutInput): Promise<Seen> {
  const { buyer, key, unheard } = purchase;
  return insist(
    shop,
    history,
    { what: 'checkout', buyerId: buyer.id, key, intent: JSON.stringify(input) },
    unheard,
    async ({ checkout }) => {
      const outcome = await checkout({ buyerId: buyer.id, key, wait: 'ACCEPTED', input });
      if (!outcome.ok) return { kind: 'refused', why: outcome.refusal.refusals.map(({ kind }) => kind) };
      const { order, replayed } = outcome.value;
      return { kind: 'ok', orderId: order.id, total: order.total.amount, replayed };
    },
  );
}

async function callOff(shop: Shop, history: History, { buyer, key: bought, unheard }: Purchase, orderId: string): Promise<void> {
  const key = `cancel ${bought}`;
  const actor = { userId: buyer.id, keyScope: buyer.id, scopes: [] };
  const request = { what: 'cancel', buyerId: buyer.id, key, intent: orderId } as const;
  await insist(shop, history, request, unheard, async ({ cancelOrder }) => {
    const outcome = await cancelOrder({ actor, key, input: { orderId, reason: 'CUSTOMER' } });
    if (!outcome.ok) return { kind: 'refused', why: outcome.refusal.map(({ kind }) => kind) };
    const { order, replayed } = outcome.value;
    return { kind: 'ok', orderId: order.id, total: order.total.amount, replayed };
  });
}

/** Asks until there is an answer that is heard. */
async function insist(
  shop: Shop,
  history: History,
  request: Pick<Asked, 'what' | 'buyerId' | 'key' | 'intent'>,
  unheard: number,
  ask: (useCases: UseCases) => Promise<Seen>,
): Promise<Seen> {
  for (let tries = 0; tries < mostTries; tries++) {
    const asked = history.begin(request);
    const seen = await shop.ask(ask);
    if (seen !== null && tries >= unheard) {
      history.end(asked, seen);
      return seen;
    }
    history.end(asked, { kind: 'info' });
    await shop.sleep(pauseMs * (0.5 + shop.random()));
  }
  return { kind: 'info' };
}
