import { scalarResolvers } from '@tally/subgraph-kit';
import type { Resolvers } from '../generated/resolvers.ts';
import { mutation } from './mutation.ts';
import { notification, notificationEvent } from './notification.ts';
import { order } from './order.ts';
import { pageResolvers } from './pages.ts';
import { query } from './query.ts';
import { trouble } from './trouble.ts';
import { notificationConnection, user } from './user.ts';

export const resolvers: Resolvers = {
  DateTime: scalarResolvers.DateTime,
  Query: query,
  Mutation: mutation,
  Notification: notification,
  NotificationConnection: notificationConnection,
  NotificationEvent: notificationEvent,
  UndeliveredConnection: pageResolvers,
  Order: order,
  User: user,
  Trouble: trouble,
  UserError: { __resolveType: (parent) => parent.__typename },
  Node: { __resolveType: () => 'Notification' },
};
