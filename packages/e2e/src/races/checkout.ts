import { freshKey } from '@tally/testkit';
import type { Checkout } from '../client/answers.ts';
import { homeAddress, type Line } from '../client/shopper.ts';
import type { GatewayIndex } from '../harness/buyers.ts';
import type { History } from '../harness/history.ts';
import type { Buyer } from './buyers.ts';
import { persist, type Obstacles, type Outcome } from './persist.ts';

/** What a buyer sends: lines, or a cart that holds them. */
export interface Wish {
  readonly lines: readonly Line[];
  /** Absent: the lines are sent with the checkout. */
  readonly cartId?: string;
  readonly paymentMethodId: string;
  readonly key?: string;
}

/** Buys as a good client does, and writes down what the buyer was told. */
export async function checkOut(
  buyer: Buyer,
  { lines, cartId, paymentMethodId, key = freshKey('race') }: Wish,
  { history, obstacles }: { readonly history: History; readonly obstacles: Obstacles },
): Promise<Outcome<Checkout>> {
  const what = cartId === undefined ? { lines } : { cartId };
  const input = { ...what, shippingAddress: homeAddress, paymentMethodId, idempotencyKey: key };
  const ask = (gateway: GatewayIndex) => buyer.send('Checkout', { input }, gateway);
  const outcome = await persist(ask, ({ checkout }) => checkout, { home: buyer.home, obstacles });
  const order = outcome.payload?.order ?? null;
  history.purchases.push({
    buyer: buyer.number,
    key,
    variantId: lines[0]?.variantId ?? '',
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    paymentMethodId,
    state: outcome.payload === null ? 'info' : 'ok',
    orderId: order?.id ?? null,
    total: order?.total.amount ?? null,
  });
  return outcome;
}

/** Calls an order off as a good client does. @returns whether that was granted; `null`: no answer said. */
export async function callOff(
  buyer: Buyer,
  orderId: string,
  { obstacles, key = freshKey('cancel') }: { readonly obstacles: Obstacles; readonly key?: string },
): Promise<boolean | null> {
  const input = { orderId, reason: 'CUSTOMER', idempotencyKey: key };
  const ask = (gateway: GatewayIndex) => buyer.send('OrderCancel', { input }, gateway);
  const { payload } = await persist(ask, ({ orderCancel }) => orderCancel, { home: buyer.home, obstacles });
  return payload === null ? null : payload.userErrors.length === 0;
}
