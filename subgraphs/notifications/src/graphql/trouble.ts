import { interventionConnection, parkedConnection, redrivePayload, requireScope, troubleReadScope } from '@tally/subgraph-kit';
import type { MutationResolvers, QueryResolvers, TroubleResolvers } from '../generated/resolvers.ts';

export const troubleQuery: Required<Pick<QueryResolvers, 'trouble'>> = {
  trouble: (_, __, { viewer }) => {
    requireScope(viewer, troubleReadScope);
    return {};
  },
};

export const trouble: TroubleResolvers = {
  notificationsParked: (_, page, { viewer, desk }) => parkedConnection(desk, viewer, page),
  notificationsInterventions: (_, page, { viewer, desk }) => interventionConnection(desk, viewer, page),
};

export const troubleMutation: Required<Pick<MutationResolvers, 'notificationsRedrive'>> = {
  notificationsRedrive: (_, wish, { viewer, desk }) => redrivePayload(desk, viewer, wish),
};
