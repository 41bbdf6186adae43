import { strict as assert } from 'node:assert';
import { eventually, freshEmail, freshKey } from '@tally/testkit';
import type { Account, ChangedCart, Checkout, OrderPage, OrderStatus, UserError } from './answers.ts';
import type { Answer, Graph } from './graph.ts';

export interface Line {
  readonly variantId: string;
  readonly quantity: number;
}

/** What a checkout sends. What is absent: STANDARD address, the default payment method, a key of its own. */
export interface CheckoutWish {
  readonly lines?: readonly Line[];
  readonly cartId?: string;
  readonly paymentMethodId?: string;
  readonly expectedTotal?: number;
  readonly wait?: 'ACCEPTED' | 'SETTLED';
  readonly idempotencyKey?: string;
  readonly shippingAddress?: Readonly<Record<string, string>>;
}

/** Somebody signed in who buys. Everything goes through the graph; each method throws `RequestError` for an answer with errors. */
export interface Shopper {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  account(): Promise<Account>;
  /** Keeps a token of the payment simulator. @returns the id of the payment method. */
  addPaymentMethod(token: string, options?: { readonly makeDefault?: boolean }): Promise<string>;
  /** Adds to the open cart, accepted or not. */
  addToCart(lines: readonly Line[]): Promise<ChangedCart>;
  /** Sends a checkout and gives its payload, refusals included. */
  checkout(wish: CheckoutWish): Promise<Checkout>;
  /** Sends a checkout that must be accepted. @throws {AssertionError} it was refused. */
  order(wish: CheckoutWish): Promise<NonNullable<Checkout['order']>>;
  statusOf(orderId: string): Promise<OrderStatus>;
  orderPage(orderId: string): Promise<OrderPage>;
  /** The answer about any order, whoever's. */
  lookUp(orderId: string): Promise<Answer<{ readonly order: OrderPage | null }>>;
  /** Waits until an order has a status. @throws {Error} it ended otherwise, or takes too long. */
  until(orderId: string, status: string): Promise<OrderPage>;
  cancel(orderId: string, idempotencyKey?: string): Promise<void>;
}

/** A known account, as tests that sign tokens themselves have it. */
export interface Credentials {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** Where everything is sent to: the shop delivers there, at a flat rate. */
export const homeAddress = { name: 'Ada Example', line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'DE' } as const;

/** How long an order may take to its end; includes a provider that is asked only after pauses. Milliseconds. */
const orderPatienceMs = 60_000;

const ends: readonly string[] = ['DELIVERED', 'COMPLETED', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLED'];

/** Opens an account. Counts as one sign-in for the rate limits. */
export async function register(graph: Graph): Promise<Shopper> {
  const [email, password] = [freshEmail(), freshKey('correct horse')];
  const { register: signedIn } = await graph.ask('Register', { input: { email, password, displayName: 'Ada' } });
  return shopperOf(graph, { email, password, ...credentialsOf(signedIn) });
}

/** Signs in. Counts as one sign-in for the rate limits. */
export async function logIn(graph: Graph, email: string, password: string): Promise<Shopper> {
  const { login } = await graph.ask('Login', { input: { email, password } });
  return shopperOf(graph, { email, password, ...credentialsOf(login) });
}

function credentialsOf(
  signedIn: {
    readonly accessToken: string | null;
    readonly user: { readonly id: string } | null;
    readonly userErrors: readonly UserError[];
  } | null,
) {
  assert.deepEqual(signedIn?.userErrors, [], 'signing in is refused');
  assert.ok(signedIn?.accessToken != null && signedIn.user !== null, 'signing in gives neither token nor user');
  return { id: signedIn.user.id, token: signedIn.accessToken };
}

/** A shopper whose account and token exist already. */
export function shopperOf(graph: Graph, credentials: Credentials): Shopper {
  const { token } = credentials;
  const caller = { token };

  async function checkout({
    shippingAddress = homeAddress,
    idempotencyKey = freshKey('checkout'),
    ...wish
  }: CheckoutWish): Promise<Checkout> {
    const { checkout: payload } = await graph.ask('Checkout', { input: { shippingAddress, idempotencyKey, ...wish } }, caller);
    assert.ok(payload !== null, 'checkout answers null');
    return payload;
  }

  async function orderPage(id: string): Promise<OrderPage> {
    const { order } = await graph.ask('OrderPage', { id }, caller);
    assert.ok(order !== null, `order ${id} is null`);
    return order;
  }

  async function statusOf(id: string): Promise<OrderStatus> {
    const { order } = await graph.ask('OrderStatus', { id }, caller);
    assert.ok(order !== null, `order ${id} is null`);
    return order;
  }

  return {
    ...credentials,
    checkout,
    orderPage,
    statusOf,
    async account() {
      const { me } = await graph.ask('Account', {}, caller);
      assert.ok(me !== null, 'nobody is signed in');
      return me;
    },
    async addPaymentMethod(simulatorToken, { makeDefault = true } = {}) {
      const input = { provider: 'simulator', token: simulatorToken, makeDefault };
      const { paymentMethod, userErrors } = (await graph.ask('PaymentMethodAdd', { input }, caller)).paymentMethodAdd;
      assert.ok(paymentMethod !== null, `payment method ${simulatorToken} is refused: ${JSON.stringify(userErrors)}`);
      return paymentMethod.id;
    },
    async addToCart(lines) {
      const { cartLinesAdd } = await graph.ask('CartLinesAdd', { input: { lines } }, caller);
      assert.ok(cartLinesAdd !== null, 'cartLinesAdd answers null');
      return cartLinesAdd;
    },
    async order(wish) {
      const { order, userErrors } = await checkout(wish);
      assert.ok(order !== null, `the checkout is refused: ${JSON.stringify(userErrors)}`);
      return order;
    },
    lookUp: (id) => graph.send('OrderPage', { id }, caller),
    async until(id, wanted) {
      await eventually(
        async () => {
          const { status } = await statusOf(id);
          if (status !== wanted && ends.includes(status)) return status;
          assert.equal(status, wanted, `order ${id} is still ${status}`);
          return status;
        },
        { timeoutMs: orderPatienceMs },
      ).then((status) => {
        assert.equal(status, wanted, `order ${id} ended otherwise`);
      });
      return orderPage(id);
    },
    async cancel(orderId, idempotencyKey = freshKey('cancel')) {
      const { orderCancel } = await graph.ask('OrderCancel', { input: { orderId, reason: 'CUSTOMER', idempotencyKey } }, caller);
      assert.deepEqual(orderCancel.userErrors, [], `order ${orderId} cannot be cancelled`);
    },
  };
}
