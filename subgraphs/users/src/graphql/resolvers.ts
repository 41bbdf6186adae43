import { requireUser, scalarResolvers } from '@tally/subgraph-kit';
import type { Resolvers } from '../generated/resolvers.ts';
import { node, nodes } from './node.ts';
import { toAuthPayload, toUserPayload } from './payloads.ts';
import { trouble, troubleMutation, troubleQuery } from './trouble.ts';

export const resolvers: Resolvers = {
  DateTime: scalarResolvers.DateTime,
  Query: {
    me: (_, __, { viewer, loaders }) => (viewer.kind === 'user' ? loaders.accounts.load(viewer.userId) : null),
    node: (_, { id }, context) => node(id, context),
    nodes: (_, { ids }, context) => nodes(ids, context),
    ...troubleQuery,
  },
  Mutation: {
    register: async (_, { input }, { useCases }) => toAuthPayload(await useCases.register({ ...input, displayName: input.displayName })),
    login: async (_, { input }, { useCases }) => toAuthPayload(await useCases.logIn(input)),
    sessionRefresh: async (_, { refreshToken }, { useCases }) => toAuthPayload(await useCases.refreshSession(refreshToken)),
    logout: async (_, { allDevices }, { viewer, useCases }) => {
      const { userId, sessionId } = requireUser(viewer);
      // The default does not hold for an explicit null: the smaller of the two is meant.
      await useCases.logOut({ userId, sessionId, allDevices: (allDevices as boolean | null) === true });
      return true;
    },
    addressSave: async (_, { input: { id, ...address } }, { viewer, useCases, loaders }) => {
      const { userId } = requireUser(viewer);
      return toUserPayload(await useCases.saveAddress({ userId, id, address }), () => loaders.accounts.load(userId));
    },
    addressRemove: async (_, { id }, { viewer, useCases, loaders }) => {
      const { userId } = requireUser(viewer);
      return toUserPayload(await useCases.removeAddress(userId, id), () => loaders.accounts.load(userId));
    },
    ...troubleMutation,
  },
  Trouble: trouble,
  User: {
    __resolveReference: ({ id }, { loaders }) => loaders.accounts.load(id),
    // An account gets here through a loader, which shows it to nobody else, or to somebody who has just signed in to it.
    addresses: async ({ id }, _, { loaders }) => {
      const addresses = await loaders.addresses.load(id);
      return addresses === null ? null : [...addresses];
    },
  },
  Node: { __resolveType: (parent) => parent.__typename },
  UserError: { __resolveType: (parent) => parent.__typename },
};
