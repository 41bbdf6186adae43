import type { Outcome } from '@tally/kernel';
import { parseIdempotencyKey, requireScope, requireUser, unauthenticated } from '@tally/subgraph-kit';
import type { Refusals } from '../domain/refusal.ts';
import type { MutationResolvers, ResolversTypes } from '../generated/resolvers.ts';
import type { ChangedCart } from '../use-cases/change-cart.ts';
import type { CheckedOut, CheckoutRefusal } from '../use-cases/checkout.ts';
import type { ShippedOrder } from '../use-cases/shipped-order.ts';
import { troubleMutation } from './trouble.ts';
import { problemsOf, toUserErrors, unlessInProgress } from './user-errors.ts';

type Payload<Name extends 'CartPayload' | 'CheckoutPayload' | 'OrderPayload' | 'ShipmentPayload'> = Awaited<ResolversTypes[Name]>;

export const mutation: Required<MutationResolvers> = {
  cartLinesSet: async (_, { input }, { actor, useCases }) => toCartPayload(await useCases.setCartLines({ actor, input })),
  cartLinesAdd: async (_, { input }, { actor, useCases }) => toCartPayload(await useCases.addCartLines({ actor, input })),
  cartClaim: async (_, { cartId }, { viewer, useCases }) =>
    toCartPayload(await useCases.claimCart({ userId: requireUser(viewer).userId, cartId })),
  checkout: (_, { input }, { viewer, useCases }) => {
    const { userId: buyerId } = requireUser(viewer);
    const key = parseIdempotencyKey(input.idempotencyKey);
    const checkout = useCases.checkout({ buyerId, key, wait: input.wait ?? 'ACCEPTED', input });
    return unlessInProgress<Payload<'CheckoutPayload'>>(checkout.then(toCheckoutPayload), (userErrors) => ({
      order: null,
      replayed: false,
      userErrors,
    }));
  },
  orderCancel: (_, { input }, { viewer, actor, useCases }) => {
    if (viewer.kind === 'anonymous') throw unauthenticated();
    const cancelling = useCases.cancelOrder({ actor, key: parseIdempotencyKey(input.idempotencyKey), input });
    return unlessInProgress<Payload<'OrderPayload'>>(
      cancelling.then((outcome) =>
        outcome.ok ? { ...outcome.value, userErrors: [] } : { order: null, replayed: false, userErrors: toUserErrors(outcome.refusal) },
      ),
      (userErrors) => ({ order: null, replayed: false, userErrors }),
    );
  },
  shipmentCreate: (_, { input }, { viewer, actor, useCases }) => {
    requireScope(viewer, 'orders:fulfil');
    const packing = useCases.createShipment({ actor, key: parseIdempotencyKey(input.idempotencyKey), input });
    return unlessInProgress(packing.then(toShipmentPayload), noShipment);
  },
  shipmentUpdate: (_, { input }, { viewer, actor, useCases }) => {
    requireScope(viewer, 'orders:fulfil');
    const scanning = useCases.updateShipment({ actor, key: parseIdempotencyKey(input.idempotencyKey), input });
    return unlessInProgress(scanning.then(toShipmentPayload), noShipment);
  },
  ...troubleMutation,
};

const toCartPayload = (outcome: Outcome<ChangedCart, Refusals>): Payload<'CartPayload'> =>
  outcome.ok
    ? { cart: outcome.value.cart, warnings: [...outcome.value.warnings], userErrors: [] }
    : { cart: null, warnings: [], userErrors: toUserErrors(outcome.refusal) };

/** An order that came to nothing says so here, too: whoever waited, or repeats the key, sees why. */
const toCheckoutPayload = (outcome: Outcome<CheckedOut, CheckoutRefusal>): Payload<'CheckoutPayload'> =>
  outcome.ok
    ? { ...outcome.value, userErrors: problemsOf(outcome.value.order) }
    : { order: outcome.refusal.order, replayed: false, userErrors: toUserErrors(outcome.refusal.refusals) };

const noShipment = (userErrors: Payload<'ShipmentPayload'>['userErrors']): Payload<'ShipmentPayload'> => ({
  shipment: null,
  order: null,
  replayed: false,
  userErrors,
});

const toShipmentPayload = (outcome: Outcome<ShippedOrder, Refusals>): Payload<'ShipmentPayload'> =>
  outcome.ok ? { ...outcome.value, userErrors: [] } : noShipment(toUserErrors(outcome.refusal));
