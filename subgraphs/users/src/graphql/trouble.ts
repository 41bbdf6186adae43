import { interventionConnection, parkedConnection, redrivePayload, requireScope, troubleReadScope } from '@tally/subgraph-kit';
import type { MutationResolvers, QueryResolvers, TroubleResolvers } from '../generated/resolvers.ts';

export const troubleQuery: Required<Pick<QueryResolvers, 'trouble'>> = {
  trouble: (_, __, { viewer }) => {
    requireScope(viewer, troubleReadScope);
    return {};
  },
};

export const trouble: TroubleResolvers = {
  usersParked: (_, page, { viewer, desk }) => parkedConnection(desk, viewer, page),
  usersInterventions: (_, page, { viewer, desk }) => interventionConnection(desk, viewer, page),
};

export const troubleMutation: Required<Pick<MutationResolvers, 'usersRedrive'>> = {
  usersRedrive: async (_, wish, { viewer, desk }) => {
    const { parked, userErrors } = await redrivePayload(desk, viewer, wish);
    return { parked, userErrors: userErrors.map((error) => ({ ...error, retryAfterMs: 0 })) };
  },
};
