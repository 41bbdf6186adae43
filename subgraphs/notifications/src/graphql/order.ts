import { isId } from '@tally/kernel';
import type { OrderResolvers } from '../generated/resolvers.ts';

/** What notifications adds to an order. Whether the order exists is its owner's answer: one that nothing was told of looks like somebody else's. */
export const order: OrderResolvers = {
  __resolveReference: ({ id }) => (isId('ord', id) ? { id } : null),
  notifications: async ({ id }, _, { loaders }) => [...((await loaders.ofOrders.load(id)) ?? [])],
};
