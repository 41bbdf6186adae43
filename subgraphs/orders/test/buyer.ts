import { parseId, type Id } from '@tally/kernel';
import { freshKey } from '@tally/testkit';
import type { Answer, OrdersWorld } from './orders-world.ts';

export const address = { name: 'Ada', line1: 'Musterweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

export interface UserError {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly [more: string]: unknown;
}

export interface OrderShown {
  readonly id: Id<'ord'>;
  readonly number: string;
  readonly status: string;
  readonly sequence: number;
  readonly total: { readonly amount: number };
  readonly confirmedAt: string | null;
  readonly cancelReason: string | null;
  readonly problems: readonly UserError[];
}

export interface Payload {
  readonly order: OrderShown | null;
  readonly userErrors: readonly UserError[];
  readonly replayed: boolean;
}

export interface CartShown {
  readonly id: Id<'cart'>;
  readonly version: number;
  readonly subtotal: { readonly amount: number };
  readonly lines: readonly {
    readonly variant: { readonly id: string };
    readonly quantity: number;
    readonly lineTotal: { readonly amount: number };
  }[];
}

export interface CartPayload {
  readonly cart: CartShown | null;
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly { readonly code: string; readonly variantId: string }[];
}

const errorFields = `__typename code message field
  ... on InsufficientStockError { variant { id } requested available }
  ... on PriceChangedError { expected { amount currency } actual { amount currency fractionDigits } }
  ... on IllegalTransitionError { from to }`;
export const orderFields = `id number status sequence fulfilmentStatus cancelReason confirmedAt total { amount currency } subtotal { amount } shipping { amount }
  tax { amount } allowedActions problems { ${errorFields} }`;
const cartFields = 'id version subtotal { amount } lines { quantity variant { id } lineTotal { amount } }';

export const checkoutMutation = `mutation($input: CheckoutInput!) { checkout(input: $input) { replayed order { ${orderFields} } userErrors { ${errorFields} } } }`;
export const cancelMutation = `mutation($input: OrderCancelInput!) { orderCancel(input: $input) { replayed order { ${orderFields} } userErrors { ${errorFields} } } }`;
export const cartMutation = (name: 'cartLinesSet' | 'cartLinesAdd'): string =>
  `mutation($input: CartLinesInput!) { ${name}(input: $input) { cart { ${cartFields} } warnings { code variantId } userErrors { ${errorFields} } } }`;

/** Somebody who buys, over the graph. */
export interface Buyer {
  readonly userId: Id<'usr'>;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** The data of an answer without errors. */
  data<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  checkout(input: Record<string, unknown>): Promise<Payload>;
  /** An order that was accepted. */
  buys(...variantIds: readonly Id<'var'>[]): Promise<OrderShown>;
  cancel(orderId: string, more?: Record<string, unknown>): Promise<Payload>;
  cart(name: 'cartLinesSet' | 'cartLinesAdd', input: Record<string, unknown>): Promise<CartPayload>;
  order(id: string): Promise<OrderShown>;
}

export function createBuyer(world: OrdersWorld, userId: Id<'usr'>, scopes: readonly string[] = []): Buyer {
  const ask = (query: string, variables?: Record<string, unknown>) => world.ask({ userId, scopes }, query, variables);
  async function data<T>(query: string, variables?: Record<string, unknown>): Promise<T> {
    const answer = await ask(query, variables);
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer.data as T;
  }
  const buyer: Buyer = {
    userId,
    ask,
    data,
    async checkout(input) {
      const given = { idempotencyKey: freshKey('key'), shippingAddress: address, ...input };
      return (await data<{ checkout: Payload }>(checkoutMutation, { input: given })).checkout;
    },
    async buys(...variantIds) {
      const { order, userErrors } = await buyer.checkout({ lines: variantIds.map((variantId) => ({ variantId, quantity: 1 })) });
      if (order === null) throw new Error(JSON.stringify(userErrors));
      if (parseId('ord', order.id) === null) throw new Error(`${order.id} is no id of an order`);
      return order;
    },
    async cancel(orderId, more = {}) {
      const input = { orderId, reason: 'CUSTOMER', idempotencyKey: freshKey('key'), ...more };
      return (await data<{ orderCancel: Payload }>(cancelMutation, { input })).orderCancel;
    },
    async cart(name, input) {
      return (await data<Record<string, CartPayload>>(cartMutation(name), { input }))[name] as CartPayload;
    },
    async order(id) {
      return (await data<{ order: OrderShown }>(`query($id: ID!) { order(id: $id) { ${orderFields} } }`, { id })).order;
    },
  };
  return buyer;
}
