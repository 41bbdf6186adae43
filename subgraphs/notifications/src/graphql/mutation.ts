import { requireScope, requireUser } from '@tally/subgraph-kit';
import type { MutationResolvers } from '../generated/resolvers.ts';
import { manageScope } from './context.ts';
import { toPayload } from './payloads.ts';
import { troubleMutation } from './trouble.ts';

export const mutation: MutationResolvers = {
  notificationsMarkRead: (_, { ids }, { viewer, useCases }) => {
    const { userId } = requireUser(viewer);
    return toPayload(ids, (found) => useCases.markRead(userId, found));
  },
  notificationsResend: (_, { ids }, { viewer, useCases }) => {
    requireScope(viewer, manageScope);
    return toPayload(ids, useCases.resend);
  },
  ...troubleMutation,
};
