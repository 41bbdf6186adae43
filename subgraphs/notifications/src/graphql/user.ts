import { isId, type Id } from '@tally/kernel';
import type { NotificationConnectionResolvers, UserResolvers } from '../generated/resolvers.ts';
import { pageResolvers, parsePage, type PageModel } from './pages.ts';

export interface NotificationConnectionModel extends PageModel {
  readonly userId: Id<'usr'>;
}

/** What notifications adds to a user, for that user alone. */
export const user: UserResolvers = {
  __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
  async notifications({ id }, { first, after, unread }, { viewer, loaders }) {
    const list = unread === true ? 'unread' : 'all';
    const request = parsePage(list, { first, after: after ?? null });
    if (viewer.kind !== 'user' || viewer.userId !== id) return null;
    const page = await loaders.pageOf(list === 'unread', request).load(id);
    return { userId: viewer.userId, list, page: page ?? { notifications: [], hasNext: false }, continued: after != null };
  },
};

export const notificationConnection: NotificationConnectionResolvers = {
  ...pageResolvers,
  unreadCount: async ({ userId }, _, { loaders }) => (await loaders.unreadCounts.load(userId)) ?? 0,
};
