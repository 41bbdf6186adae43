import { isId } from '@tally/kernel';
import type { UserResolvers } from '../generated/resolvers.ts';

/** What payments adds to a user. */
export const user: UserResolvers = {
  __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
  paymentMethods: async ({ id }, _, { viewer, loaders }) => {
    if (viewer.kind !== 'user' || viewer.userId !== id) return null;
    return [...((await loaders.methods.load(id)) ?? [])];
  },
};
