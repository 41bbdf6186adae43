import fc from 'fast-check';
import type { OrderStatus } from '../../src/domain/order.ts';

/** One call of a port, with numbers for whom and what it is about. */
export type Call =
  | {
      readonly at: 'place';
      readonly buyer: number;
      readonly key: number;
      readonly cart: number | null;
      readonly variants: readonly number[];
    }
  | { readonly at: 'hear'; readonly order: number; readonly command: number; readonly answer: number }
  | { readonly at: 'cancel' | 'expire' | 'lock'; readonly order: number }
  | { readonly at: 'move'; readonly order: number; readonly to: OrderStatus }
  | { readonly at: 'touch' | 'own' | 'read'; readonly cart: number }
  | { readonly at: 'setLines' | 'addLines'; readonly cart: number; readonly wishes: readonly (readonly [number, number])[] }
  | { readonly at: 'stamp'; readonly cart: number; readonly behind: number; readonly order: number }
  | { readonly at: 'takeOrdered' | 'giveBack'; readonly cart: number; readonly order: number }
  | { readonly at: 'merge'; readonly cart: number; readonly into: number; readonly buyer: number };

export type Happening = InTransaction | Outside;

export interface InTransaction {
  readonly calls: readonly Call[];
  readonly rollBack: boolean;
}

export type Outside =
  | { readonly outside: 'postpone'; readonly order: number }
  | {
      readonly outside: 'replace' | 'retire';
      readonly product: number;
      readonly sequence: number;
      readonly amounts: readonly (number | null)[];
    }
  | { readonly outside: 'expireCart'; readonly cart: number }
  | { readonly outside: 'removeCarts' | 'listDue'; readonly limit: number };

const few = fc.nat(2);
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      at: fc.constant('place' as const),
      buyer: fc.nat(1),
      key: fc.nat(8),
      cart: fc.option(few),
      variants: fc.uniqueArray(few, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      at: fc.constant('hear' as const),
      order: few,
      command: fc.nat(5),
      answer: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ at: fc.constantFrom('cancel' as const, 'expire' as const, 'lock' as const), order: few }) },
  {
    weight: 1,
    arbitrary: fc.record({
      at: fc.constant('move' as const),
      order: few,
      to: fc.constantFrom<OrderStatus>('CANCELLED', 'PARTIALLY_SHIPPED', 'SHIPPED'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ at: fc.constantFrom('touch' as const, 'own' as const, 'read' as const), cart: few }) },
  {
    weight: 5,
    arbitrary: fc.record({
      at: fc.constantFrom('setLines' as const, 'addLines' as const),
      cart: few,
      wishes: fc.uniqueArray(fc.tuple(few, fc.constantFrom(0, 1, 400, 999, 1_000)), { selector: ([variant]) => variant, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ at: fc.constant('stamp' as const), cart: few, behind: fc.constantFrom(0, 0, 0, 1), order: few }),
  },
  { weight: 2, arbitrary: fc.record({ at: fc.constantFrom('takeOrdered' as const, 'giveBack' as const), cart: few, order: few }) },
  { weight: 1, arbitrary: fc.record({ at: fc.constant('merge' as const), cart: few, into: few, buyer: fc.nat(1) }) },
);

/** Three orders, and everybody's cart. */
const beginning: Happening = {
  rollBack: false,
  calls: [
    ...[0, 1, 2].map((cart) => ({ at: 'own' as const, cart })),
    ...[0, 1, 2].map((n) => ({ at: 'place' as const, buyer: n % 2, key: 100 + n, cart: n, variants: [n, (n + 1) % 3] })),
    ...[0, 1, 2].map((cart) => ({ at: 'setLines' as const, cart, wishes: [[cart, 2] as const, [(cart + 1) % 3, 800] as const] })),
  ],
};

/** What may happen to carts, orders, sagas and prices, one after the other. */
export const happenings: fc.Arbitrary<readonly Happening[]> = fc
  .array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          calls: fc.array(call, { minLength: 1, maxLength: 3 }),
          rollBack: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          outside: fc.constantFrom('replace' as const, 'retire' as const),
          product: fc.nat(1),
          sequence: fc.integer({ min: 1, max: 5 }),
          amounts: fc.array(fc.option(fc.integer({ min: 0, max: 5_000 })), { minLength: 3, maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ outside: fc.constant('postpone' as const), order: few }) },
      { weight: 1, arbitrary: fc.record({ outside: fc.constant('expireCart' as const), cart: few }) },
      {
        weight: 2,
        arbitrary: fc.record({
          outside: fc.constantFrom('removeCarts' as const, 'listDue' as const),
          limit: fc.integer({ min: 1, max: 3 }),
        }),
      },
    ),
    { minLength: 10, maxLength: 60 },
  )
  .map((rest) => [beginning, ...rest]);
