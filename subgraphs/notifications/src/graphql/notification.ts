import type { NotificationEventResolvers, NotificationResolvers } from '../generated/resolvers.ts';

export const notification: NotificationResolvers = {
  /** Missing, malformed and somebody else's look alike. */
  __resolveReference: ({ id }, { loaders }) => loaders.notifications.load(id),
  async body({ id }, _, { loaders }) {
    return (await loaders.contents.load(id))?.text ?? '';
  },
  async html({ id }, _, { loaders }) {
    return (await loaders.contents.load(id))?.html ?? null;
  },
  order: ({ orderId }) => (orderId === null ? null : { id: orderId }),
};

export const notificationEvent: NotificationEventResolvers = {
  notification: ({ notificationId }, _, { loaders }) => loaders.notifications.load(notificationId),
};
