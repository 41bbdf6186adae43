import { interventionConnection, parkedConnection, redrivePayload, requireScope, troubleReadScope } from '@tally/subgraph-kit';
import type { MutationResolvers, QueryResolvers, TroubleResolvers } from '../generated/resolvers.ts';

export const troubleQuery: Required<Pick<QueryResolvers, 'trouble'>> = {
  trouble: (_, __, { viewer }) => {
    requireScope(viewer, troubleReadScope);
    return {};
  },
};

export const trouble: TroubleResolvers = {
  productsParked: (_, page, { viewer, desk }) => parkedConnection(desk, viewer, page),
  productsInterventions: (_, page, { viewer, desk }) => interventionConnection(desk, viewer, page),
};

export const troubleMutation: Required<Pick<MutationResolvers, 'productsRedrive'>> = {
  productsRedrive: (_, wish, { viewer, desk }) => redrivePayload(desk, viewer, wish),
};
