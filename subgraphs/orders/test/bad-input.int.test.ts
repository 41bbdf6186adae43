import { createSigner, gatewayIssuer, generateSigningKey } from '@tally/identity';
import { newId, type Id } from '@tally/kernel';
import { freshKey } from '@tally/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { address, cancelMutation, cartMutation, checkoutMutation, type Buyer, type Payload } from './buyer.ts';
import { anOrdersWorld, type Answer, type OrdersWorld } from './orders-world.ts';

/** What the rows of the table talk about: a shop with an order, a cart and an empty cart of one buyer, and a cart of another. */
interface Stage {
  readonly world: OrdersWorld;
  readonly buyer: Buyer;
  readonly mug: Id<'var'>;
  readonly unsellable: Id<'var'>;
  readonly order: Payload;
  readonly orderKey: string;
  readonly cartId: string;
  readonly emptyCartId: string;
  readonly foreignCartId: string;
  readonly foreignOrderId: string;
}

let stage: Stage;

beforeAll(async () => {
  const world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug, unsellable] = await world.sells({ amount: 1_000 }, { sellable: false });
  const [buyer, other] = [world.buyer(), world.buyer()];
  const orderKey = freshKey('order');
  const lines = [{ variantId: mug, quantity: 1 }];
  const order = await buyer.checkout({ lines, idempotencyKey: orderKey });
  const cart = await buyer.cart('cartLinesSet', { lines });
  const guest = await world.ask({}, cartMutation('cartLinesSet'), { input: { lines } });
  const emptyCartId = (guest.data?.['cartLinesSet'] as { cart: { id: string } }).cart.id;
  await world.ask({}, cartMutation('cartLinesSet'), { input: { cartId: emptyCartId, lines: [{ variantId: mug, quantity: 0 }] } });
  const foreign = await other.cart('cartLinesSet', { lines });
  const foreignOrderId = (await other.buys(mug!)).id;
  stage = {
    world,
    buyer,
    mug: mug!,
    unsellable: unsellable!,
    order,
    orderKey,
    cartId: cart.cart?.id ?? '',
    emptyCartId,
    foreignCartId: foreign.cart?.id ?? '',
    foreignOrderId,
  };
});

afterAll(() => stage.world[Symbol.asyncDispose]());

/** Codes of user errors with their field, or of errors of the answer. */
function told({ status, data, errors }: Answer): string {
  if (errors !== undefined) return `${status} ${errors.map(({ extensions }) => extensions.code).join(' ')}`;
  const payload = Object.values(data ?? {})[0] as { userErrors?: readonly { code: string; field: readonly string[] | null }[] } | null;
  return (payload?.userErrors ?? []).map(({ code, field }) => [code, ...(field === null ? [] : [field.join('.')])].join(' ')).join(', ');
}

const checkout = (input: (stage: Stage) => Record<string, unknown>) => () =>
  stage.buyer.ask(checkoutMutation, { input: { shippingAddress: address, idempotencyKey: freshKey('bad'), ...input(stage) } });
const line = (quantity: number) => checkout(({ mug }) => ({ lines: [{ variantId: mug, quantity }] }));
const fine = ({ mug }: Stage) => ({ lines: [{ variantId: mug, quantity: 1 }] });
const edit = (name: 'cartLinesSet' | 'cartLinesAdd', input: (stage: Stage) => Record<string, unknown>) => () =>
  stage.buyer.ask(cartMutation(name), { input: input(stage) });
const cancel = (input: (stage: Stage) => Record<string, unknown>) => () =>
  stage.buyer.ask(cancelMutation, { input: { reason: 'CUSTOMER', idempotencyKey: freshKey('bad'), ...input(stage) } });
const show =
  (query: string, variables: (stage: Stage) => Record<string, unknown> = () => ({})) =>
  () =>
    stage.buyer.ask(query, variables(stage));
const direct =
  (authorization: (stage: Stage) => Promise<string | undefined>, query = '{ __typename }') =>
  async () =>
    stage.world.raw(await authorization(stage), query);
const bearer = (token: string) => `Bearer ${token}`;
const at = (more: Record<string, unknown>) => checkout((s) => ({ ...fine(s), shippingAddress: { ...address, ...more } }));

const table: readonly (readonly [title: string, attempt: () => Promise<Answer>, expected: string])[] = [
  ['an unknown product', checkout(() => ({ lines: [{ variantId: newId('var'), quantity: 1 }] })), 'NOT_FOUND lines.0.variantId'],
  [
    'a product that is not sold',
    checkout(({ unsellable }) => ({ lines: [{ variantId: unsellable, quantity: 1 }] })),
    'NOT_SELLABLE lines.0.variantId',
  ],
  ['A14: a negative quantity', line(-1), 'INVALID lines.0.quantity'],
  ['A14: a quantity of zero', line(0), 'INVALID lines.0.quantity'],
  ['A14: a huge quantity', line(1_001), 'INVALID lines.0.quantity'],
  ['A14: a quantity beyond 32 bits', line(2 ** 40), '400 BAD_USER_INPUT'],
  ['A14: a fraction', line(1.5), '400 BAD_USER_INPUT'],
  [
    'A14: two halves of too much',
    checkout(({ mug }) => ({ lines: [600, 600].map((quantity) => ({ variantId: mug, quantity })) })),
    'INVALID lines.1.quantity',
  ],
  [
    '251 lines',
    checkout(() => ({ lines: Array.from({ length: 251 }, () => ({ variantId: newId('var'), quantity: 1 })) })),
    'INVALID lines',
  ],
  ['no lines', checkout(() => ({ lines: [] })), 'INVALID lines'],
  ['an empty cart', checkout(({ emptyCartId }) => ({ cartId: emptyCartId })), 'EMPTY_CART cartId'],
  ['neither cart nor lines', checkout(() => ({})), 'INVALID cartId'],
  ['both cart and lines', checkout((s) => ({ ...fine(s), cartId: s.cartId })), 'INVALID cartId'],
  ['A10: somebody else’s cart', checkout(({ foreignCartId }) => ({ cartId: foreignCartId })), 'NOT_FOUND cartId'],
  ['a cart that does not exist', checkout(() => ({ cartId: newId('cart') })), 'NOT_FOUND cartId'],
  ['A14: a changed price', checkout((s) => ({ ...fine(s), expectedTotal: 1 })), 'PRICE_CHANGED expectedTotal'],
  ['a negative total', checkout((s) => ({ ...fine(s), expectedTotal: -1 })), 'INVALID expectedTotal'],
  ['a total beyond 2^53', checkout((s) => ({ ...fine(s), expectedTotal: 2 ** 53 })), '400 BAD_USER_INPUT'],
  [
    'A14: a price of the client’s own',
    checkout(({ mug }) => ({ lines: [{ variantId: mug, quantity: 1, unitPrice: 1 }] })),
    '400 BAD_USER_INPUT',
  ],
  ['no key', checkout((s) => ({ ...fine(s), idempotencyKey: undefined })), '400 BAD_USER_INPUT'],
  ['an empty key', checkout((s) => ({ ...fine(s), idempotencyKey: '' })), 'INVALID idempotencyKey'],
  ['an oversized key', checkout((s) => ({ ...fine(s), idempotencyKey: 'k'.repeat(256) })), 'INVALID idempotencyKey'],
  ['a key that cannot be printed', checkout((s) => ({ ...fine(s), idempotencyKey: 'a\nb' })), 'INVALID idempotencyKey'],
  [
    'a reused key',
    checkout(({ mug, orderKey }) => ({ lines: [{ variantId: mug, quantity: 9 }], idempotencyKey: orderKey })),
    'IDEMPOTENCY_KEY_REUSED idempotencyKey',
  ],
  ['a malformed payment method', checkout((s) => ({ ...fine(s), paymentMethodId: 'visa' })), 'INVALID paymentMethodId'],
  ['an id of another type', checkout(() => ({ lines: [{ variantId: newId('prod'), quantity: 1 }] })), 'INVALID lines.0.variantId'],
  ['an id in capitals', checkout(({ mug }) => ({ lines: [{ variantId: mug.toUpperCase(), quantity: 1 }] })), 'INVALID lines.0.variantId'],
  ['SQL in an id', checkout(() => ({ lines: [{ variantId: "var_'; DROP TABLE orders; --", quantity: 1 }] })), 'INVALID lines.0.variantId'],
  ['an empty street', at({ line1: ' ' }), 'INVALID shippingAddress.line1'],
  ['a street of two lines', at({ line1: 'a\r\nBcc: x' }), 'INVALID shippingAddress.line1'],
  ['an endless city', at({ city: 'x'.repeat(201) }), 'INVALID shippingAddress.city'],
  ['a country that is none', at({ country: 'Germany' }), 'INVALID shippingAddress.country'],
  ['a country without delivery', at({ country: 'AQ' }), 'INVALID shippingAddress.country'],
  ['no address', checkout((s) => ({ ...fine(s), shippingAddress: null })), '400 BAD_USER_INPUT'],
  ['an unknown way to wait', checkout((s) => ({ ...fine(s), wait: 'FOREVER' })), '400 BAD_USER_INPUT'],
  ['a field that does not exist', checkout((s) => ({ ...fine(s), discount: 100 })), '400 BAD_USER_INPUT'],

  [
    'an unknown product in a cart',
    edit('cartLinesAdd', () => ({ lines: [{ variantId: newId('var'), quantity: 1 }] })),
    'NOT_FOUND lines.0.variantId',
  ],
  [
    'nothing added to a cart',
    edit('cartLinesAdd', ({ mug }) => ({ lines: [{ variantId: mug, quantity: 0 }] })),
    'INVALID lines.0.quantity',
  ],
  [
    'a negative quantity set',
    edit('cartLinesSet', ({ mug }) => ({ lines: [{ variantId: mug, quantity: -1 }] })),
    'INVALID lines.0.quantity',
  ],
  [
    'more than a line holds',
    edit('cartLinesAdd', ({ mug }) => ({ lines: [{ variantId: mug, quantity: 1_000 }] })),
    'INVALID lines.0.quantity',
  ],
  [
    'A10: an edit of somebody else’s cart',
    edit('cartLinesSet', ({ mug, foreignCartId }) => ({ cartId: foreignCartId, lines: [{ variantId: mug, quantity: 5 }] })),
    'NOT_FOUND cartId',
  ],
  [
    'an edit of a malformed cart',
    edit('cartLinesSet', ({ mug }) => ({ cartId: 'cart', lines: [{ variantId: mug, quantity: 5 }] })),
    'INVALID cartId',
  ],
  [
    'an edit of another version',
    edit('cartLinesSet', ({ mug }) => ({ lines: [{ variantId: mug, quantity: 5 }], expectedVersion: 77 })),
    'CONFLICT expectedVersion',
  ],
  [
    'one unknown line among good ones',
    edit('cartLinesSet', ({ mug }) => ({
      lines: [
        { variantId: mug, quantity: 7 },
        { variantId: newId('var'), quantity: 1 },
      ],
    })),
    'NOT_FOUND lines.1.variantId',
  ],
  [
    'A10: a claim of somebody else’s cart',
    show('mutation($id: ID!) { cartClaim(cartId: $id) { userErrors { code field } } }', ({ foreignCartId }) => ({ id: foreignCartId })),
    'NOT_FOUND cartId',
  ],
  ['a claim of a malformed cart', show('mutation { cartClaim(cartId: "x") { userErrors { code field } } }'), 'INVALID cartId'],

  ['A10: a cancellation of somebody else’s order', cancel(({ foreignOrderId }) => ({ orderId: foreignOrderId })), 'NOT_FOUND orderId'],
  ['a cancellation of no order', cancel(() => ({ orderId: newId('ord') })), 'NOT_FOUND orderId'],
  ['a cancellation of a malformed order', cancel(() => ({ orderId: 'ord_1' })), 'INVALID orderId'],
  ['a cancellation without a key', cancel(({ order }) => ({ orderId: order.order?.id, idempotencyKey: '' })), 'INVALID idempotencyKey'],
  ['a reason that is none', cancel(({ order }) => ({ orderId: order.order?.id, reason: 'BORED' })), '400 BAD_USER_INPUT'],

  ['a query of a malformed order', show('{ order(id: "nonsense") { id } }'), '200 BAD_USER_INPUT'],
  [
    'a query of an order by a cart’s id',
    show('query($id: ID!) { order(id: $id) { id } }', ({ cartId }) => ({ id: cartId })),
    '200 BAD_USER_INPUT',
  ],
  ['a query of no order', show('{ order { id } }'), '200 BAD_USER_INPUT'],
  ['a query by id and number', show('{ order(id: "a", number: "b") { id } }'), '200 BAD_USER_INPUT'],
  [
    'A10: a query of somebody else’s order',
    show('query($id: ID!) { order(id: $id) { id } }', ({ foreignOrderId }) => ({ id: foreignOrderId })),
    '200 NOT_FOUND',
  ],
  ['a query of a malformed cart', show('{ cart(id: "nonsense") { id } }'), '200 BAD_USER_INPUT'],

  [
    'a checkout by nobody',
    async () => stage.world.ask({}, checkoutMutation, { input: { ...fine(stage), shippingAddress: address, idempotencyKey: 'k' } }),
    '200 UNAUTHENTICATED',
  ],
  [
    'a cancellation by nobody',
    async () => stage.world.ask({}, cancelMutation, { input: { orderId: stage.order.order?.id, reason: 'CUSTOMER', idempotencyKey: 'k' } }),
    '200 UNAUTHENTICATED',
  ],
  [
    'a claim by nobody',
    async () => stage.world.ask({}, 'mutation($id: ID!) { cartClaim(cartId: $id) { userErrors { code } } }', { id: stage.emptyCartId }),
    '200 UNAUTHENTICATED',
  ],
  ['A11: no token', direct(() => Promise.resolve(undefined)), '401 UNAUTHENTICATED'],
  ['A11: the schema without a token', direct(() => Promise.resolve(undefined), '{ _service { sdl } }'), '401 UNAUTHENTICATED'],
  [
    'A11: an entity without a token',
    direct(() => Promise.resolve(undefined), '{ _entities(representations: []) { __typename } }'),
    '401 UNAUTHENTICATED',
  ],
  [
    'A12: a token for another subgraph',
    direct(async ({ world, buyer }) => bearer(await world.token({ userId: buyer.userId }, 'payments'))),
    '401 UNAUTHENTICATED',
  ],
  [
    'A12: an expired token',
    direct(async ({ world, buyer }) => bearer(await world.token({ userId: buyer.userId }, 'orders', () => new Date(Date.now() - 120_000)))),
    '401 UNAUTHENTICATED',
  ],
  ['A12: a forged token', direct(forged), '401 UNAUTHENTICATED'],
  ['A12: garbage for a token', direct(() => Promise.resolve('Bearer garbage')), '401 UNAUTHENTICATED'],
];

/** A token signed with a key that nobody knows. */
async function forged(): Promise<string> {
  const key = await generateSigningKey();
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key });
  const caller = { kind: 'user', userId: stage.buyer.userId, sessionId: newId('ses'), scopes: ['orders:read:any'] } as const;
  return bearer((await signer.sign(caller, 'orders')).token);
}

test.for(table)('bad input: %s', async ([, attempt, expected]) => {
  const before = await stage.world.footprint();

  const answer = await attempt();

  expect(told(answer)).toBe(expected);
  expect(await stage.world.footprint()).toEqual(before);
});
