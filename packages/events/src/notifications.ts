import { z } from 'zod';
import { ref } from './fields.ts';

const change = { notification: ref('ntf'), user: ref('usr') };

/** notifications.notification.v1: key = user, sequence = `inbox_stream.sequence`. */
export const notificationMessages = {
  NotificationCreated: z.object({ ...change, order: ref('ord').nullable(), template: z.string() }),
  NotificationRead: z.object(change),
};
