import { isId } from '@tally/kernel';
import type { OrderResolvers } from '../generated/resolvers.ts';

/** What payments adds to an order. Whether the order exists is its owner's answer; whose money it is, the payment says. */
export const order: OrderResolvers = {
  __resolveReference: ({ id }) => (isId('ord', id) ? { id } : null),
  paymentStatus: async ({ id }, _, { loaders }) => (await loaders.paymentsOfOrders.load(id))?.status ?? null,
  payments: async ({ id }, _, { loaders }) => {
    const payment = await loaders.paymentsOfOrders.load(id);
    return payment === null ? null : [payment];
  },
};
