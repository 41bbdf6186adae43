import { isId } from '@tally/kernel';
import { badInput, notFound, requireScope, requireUser, sequenceAhead } from '@tally/subgraph-kit';
import type { QueryResolvers } from '../generated/resolvers.ts';
import { manageScope } from './context.ts';
import { parsePage } from './pages.ts';
import { troubleQuery } from './trouble.ts';

export const query: QueryResolvers = {
  async notification(_, { id }, { loaders }) {
    if (!isId('ntf', id)) throw badInput('This is no id of a notification.', 'id');
    const notification = await loaders.notifications.load(id);
    if (notification === null) throw notFound();
    return notification;
  },
  async undelivered(_, { first, after }, { viewer, useCases }) {
    requireScope(viewer, manageScope);
    const request = parsePage('dead', { first, after: after ?? null });
    return { list: 'dead', page: await useCases.viewNotifications.undelivered(request), continued: after != null };
  },
  async notificationEvents(_, { afterSequence }, { viewer, useCases }) {
    const { userId } = requireUser(viewer);
    if (afterSequence != null && afterSequence < 0) throw badInput('`afterSequence` is 0 or more.', 'afterSequence');
    const told = await useCases.viewNotifications.tellings(userId, afterSequence ?? null);
    if (!told.ok) throw sequenceAhead();
    return [...told.value];
  },
  ...troubleQuery,
};
