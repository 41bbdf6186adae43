import { isId } from '@tally/kernel';
import { badInput, notFound } from '@tally/subgraph-kit';
import type { QueryResolvers } from '../generated/resolvers.ts';

export const query: QueryResolvers = {
  payment: async (_, { id }, { loaders }) => {
    if (!isId('pay', id)) throw badInput('This is no id of a payment.', 'id');
    const payment = await loaders.payments.load(id);
    if (payment === null) throw notFound();
    return payment;
  },
};
