import { outgoing, type OutgoingEvent, type Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Notification } from './notification.ts';

type Told = Pick<Notification, 'id' | 'userId' | 'orderId' | 'template'>;

const topic = 'notifications.notification.v1';

/** Somebody is told something. */
export const notificationCreated = ({ id, userId, orderId, template }: Told, sequence: Sequence): OutgoingEvent =>
  outgoing(topic, 'NotificationCreated', {
    key: userId,
    sequence,
    data: { notification: { id }, user: { id: userId }, order: orderId === null ? null : { id: orderId }, template },
  });

/** Somebody has read it. */
export const notificationRead = (id: Id<'ntf'>, userId: Id<'usr'>, sequence: Sequence): OutgoingEvent =>
  outgoing(topic, 'NotificationRead', { key: userId, sequence, data: { notification: { id }, user: { id: userId } } });
