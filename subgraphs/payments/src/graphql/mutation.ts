import { parseId } from '@tally/kernel';
import { requireUser } from '@tally/subgraph-kit';
import type { MutationResolvers } from '../generated/resolvers.ts';
import { malformedId, toPaymentMethodPayload } from './payloads.ts';

export const mutation: MutationResolvers = {
  paymentMethodAdd: async (_, { input: { provider, token, makeDefault } }, { viewer, useCases }) =>
    toPaymentMethodPayload(
      await useCases.addPaymentMethod({ userId: requireUser(viewer).userId, provider, token, makeDefault: makeDefault ?? false }),
    ),
  paymentMethodRemove: async (_, { id }, { viewer, useCases }) => {
    const { userId } = requireUser(viewer);
    const methodId = parseId('pm', id);
    return methodId === null ? malformedId() : toPaymentMethodPayload(await useCases.removePaymentMethod(userId, methodId));
  },
};
