import { generateSigningKey } from '@tally/identity';
import { newId, newShardedId, systemClock } from '@tally/kernel';
import { freshKey } from '@tally/testkit';
import type { OperationName } from '../src/client/answers.ts';
import type { Answer } from '../src/client/graph.ts';
import { createPeople } from '../src/client/people.ts';
import { homeAddress } from '../src/client/shopper.ts';
import type { Shop } from './bad-input-shop.ts';

export interface Case {
  readonly title: string;
  readonly send: (shop: Shop) => Promise<Answer<unknown>>;
  /** HTTP status, and either error codes or, prefixed by the field, codes of its user errors. */
  readonly answer: readonly [status: number, ...codes: string[]];
}

const as =
  (operation: OperationName, variables: (shop: Shop) => Readonly<Record<string, unknown>>) =>
  (given: Shop): Promise<Answer<unknown>> =>
    given.world.graph.send(operation, variables(given), { token: given.buyer.token });

const checkout = (wish: (shop: Shop) => Readonly<Record<string, unknown>>) =>
  as('Checkout', (given) => ({ input: { shippingAddress: homeAddress, idempotencyKey: freshKey('bad'), ...wish(given) } }));

const buying = (quantity: number) => checkout(({ variantId }) => ({ lines: [{ variantId, quantity }] }));

const add = (quantity: number) => as('CartLinesAdd', ({ variantId }) => ({ input: { lines: [{ variantId, quantity }] } }));

const withToken = (token: (shop: Shop) => Promise<string>) => async (given: Shop) =>
  given.world.graph.send('Account', {}, { token: await token(given) });

const asking = (query: string) => (given: Shop) => given.world.graph.post(JSON.stringify({ query }), { token: given.buyer.token });

/** One row per thing that somebody may send. */
export const table: readonly Case[] = [
  {
    title: 'a product that does not exist',
    send: checkout(() => ({ lines: [{ variantId: newId('var'), quantity: 1 }] })),
    answer: [200, 'checkout NOT_FOUND'],
  },
  { title: 'an empty cart', send: checkout(({ emptyCartId }) => ({ cartId: emptyCartId })), answer: [200, 'checkout EMPTY_CART'] },
  { title: 'neither cart nor lines', send: checkout(() => ({})), answer: [200, 'checkout INVALID'] },
  { title: 'a negative quantity', send: buying(-1), answer: [200, 'checkout INVALID'] },
  { title: 'a quantity of nothing', send: buying(0), answer: [200, 'checkout INVALID'] },
  { title: 'a huge quantity', send: buying(1_001), answer: [200, 'checkout INVALID'] },
  { title: 'a quantity beyond Int', send: buying(2 ** 31), answer: [400, 'BAD_USER_INPUT'] },
  { title: 'half a piece', send: buying(0.5), answer: [400, 'BAD_USER_INPUT'] },
  { title: 'a negative quantity for the cart', send: add(-1), answer: [200, 'cartLinesAdd INVALID'] },
  { title: 'nothing for the cart', send: add(0), answer: [200, 'cartLinesAdd INVALID'] },
  {
    title: 'a changed price',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], expectedTotal: 1 })),
    answer: [200, 'checkout PRICE_CHANGED'],
  },
  {
    title: 'a country nobody delivers to',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], shippingAddress: { ...homeAddress, country: 'AQ' } })),
    answer: [200, 'checkout INVALID'],
  },
  {
    title: 'a missing key',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], idempotencyKey: undefined })),
    answer: [400, 'BAD_USER_INPUT'],
  },
  {
    title: 'an empty key',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], idempotencyKey: '' })),
    answer: [200, 'checkout INVALID'],
  },
  {
    title: 'an oversized key',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], idempotencyKey: 'k'.repeat(256) })),
    answer: [200, 'checkout INVALID'],
  },
  {
    title: 'a key of another input',
    send: checkout(({ variantId, usedKey }) => ({ lines: [{ variantId, quantity: 2 }], idempotencyKey: usedKey })),
    answer: [200, 'checkout IDEMPOTENCY_KEY_REUSED'],
  },
  { title: 'a cart of somebody else', send: checkout(({ foreign }) => ({ cartId: foreign.cartId })), answer: [200, 'checkout NOT_FOUND'] },
  {
    title: 'lines for a cart of somebody else',
    send: as('CartLinesSet', ({ foreign, variantId }) => ({ input: { cartId: foreign.cartId, lines: [{ variantId, quantity: 9 }] } })),
    answer: [200, 'cartLinesSet NOT_FOUND'],
  },
  { title: 'an order of somebody else', send: as('OrderPage', ({ foreign }) => ({ id: foreign.orderId })), answer: [200, 'NOT_FOUND'] },
  {
    title: 'cancelling an order of somebody else',
    send: as('OrderCancel', ({ foreign }) => ({
      input: { orderId: foreign.orderId, reason: 'CUSTOMER', idempotencyKey: freshKey('bad') },
    })),
    answer: [200, 'orderCancel NOT_FOUND'],
  },
  {
    title: 'an address of somebody else',
    send: as('AddressRemove', ({ foreign }) => ({ id: foreign.addressId })),
    answer: [200, 'addressRemove NOT_FOUND'],
  },
  { title: 'an order that does not exist', send: as('OrderPage', () => ({ id: newShardedId('ord', 7) })), answer: [200, 'NOT_FOUND'] },
  { title: 'a malformed id', send: as('OrderPage', () => ({ id: 'ord_1' })), answer: [200, 'BAD_USER_INPUT'] },
  { title: 'an id of another type', send: as('OrderPage', ({ variantId }) => ({ id: variantId })), answer: [200, 'BAD_USER_INPUT'] },
  {
    title: 'an id of another type in an input',
    send: checkout(({ cartId }) => ({ lines: [{ variantId: cartId, quantity: 1 }] })),
    answer: [200, 'checkout INVALID'],
  },
  {
    title: 'a forged token',
    send: withToken(async ({ world, system }) =>
      createPeople(world.graph, { ...(await generateSigningKey()), kid: system.keys.users.kid }).token(),
    ),
    answer: [401, 'UNAUTHENTICATED'],
  },
  {
    title: 'an expired token',
    send: withToken(({ world, system }) =>
      createPeople(world.graph, system.keys.users, () => new Date(systemClock().getTime() - 3_600_000)).token(),
    ),
    answer: [401, 'UNAUTHENTICATED'],
  },
  {
    title: 'a token for another audience',
    send: withToken(({ world, system }) => createPeople(world.graph, system.keys.users).token({ audience: 'somebody-else' })),
    answer: [401, 'UNAUTHENTICATED'],
  },
  { title: 'a token that is none', send: withToken(() => Promise.resolve('letmein')), answer: [401, 'UNAUTHENTICATED'] },
  {
    title: 'a checkout by nobody',
    send: ({ world, variantId }) =>
      world.graph.send('Checkout', {
        input: { lines: [{ variantId, quantity: 1 }], shippingAddress: homeAddress, idempotencyKey: freshKey('bad') },
      }),
    answer: [401, 'UNAUTHENTICATED'],
  },
  {
    title: 'staff work by a buyer',
    send: as('VariantPriceSet', ({ variantId }) => ({ input: { variantId, price: 1, currency: 'EUR' } })),
    answer: [403, 'FORBIDDEN'],
  },
  {
    title: 'an unknown enum value',
    send: asking('{ products(sort: CHEAPEST) { edges { node { id } } } }'),
    answer: [400, 'GRAPHQL_VALIDATION_FAILED'],
  },
  {
    title: 'an unknown enum value in a variable',
    send: checkout(({ variantId }) => ({ lines: [{ variantId, quantity: 1 }], wait: 'FOREVER' })),
    answer: [400, 'BAD_USER_INPUT'],
  },
  {
    title: 'too deep a query',
    send: asking(`{ categories { ${'parent { '.repeat(12)} id ${'}'.repeat(12)} } }`),
    answer: [400, 'LIMIT_EXCEEDED'],
  },
  { title: 'a body of 1 MB', send: asking(`{ categories { id } } # ${'x'.repeat(1024 * 1024)}`), answer: [413, 'LIMIT_EXCEEDED'] },
];
