import { scalarResolvers } from '@tally/subgraph-kit';
import type { Resolvers } from '../generated/resolvers.ts';
import { mutation } from './mutation.ts';
import { order } from './order.ts';
import { payment, refund } from './payment.ts';
import { query } from './query.ts';
import { trouble, troubledPayment, troubleMutation, troublePayload, troubleQuery } from './trouble.ts';
import { user } from './user.ts';

export const resolvers: Resolvers = {
  ...scalarResolvers,
  Query: { ...query, ...troubleQuery },
  Mutation: { ...mutation, ...troubleMutation },
  Trouble: trouble,
  TroubledPayment: troubledPayment,
  PaymentTroublePayload: troublePayload,
  Payment: payment,
  Refund: refund,
  Order: order,
  User: user,
  UserError: { __resolveType: (parent) => parent.__typename },
  Node: { __resolveType: () => 'Payment' },
};
