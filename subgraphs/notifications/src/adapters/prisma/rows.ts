import { fromUuid } from '@tally/kernel';
import type { Notification, Telling } from '../../domain/notification.ts';

/** Columns of `notification`, named as `NotificationColumns` has them. */
export const notificationColumns = 'id, user_id, order_id, channel, template, status, attempts, subject, created_at, sent_at, read_at';

export interface NotificationColumns {
  readonly id: string;
  readonly user_id: string;
  readonly order_id: string | null;
  readonly channel: Notification['channel'];
  readonly template: Notification['template'];
  readonly status: Notification['status'];
  readonly attempts: number;
  readonly subject: string;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly read_at: Date | null;
}

/** The table is trusted: its checks hold what the types say. */
export const toNotification = (row: NotificationColumns): Notification => ({
  id: fromUuid('ntf', row.id),
  userId: fromUuid('usr', row.user_id),
  orderId: row.order_id === null ? null : fromUuid('ord', row.order_id),
  channel: row.channel,
  template: row.template,
  status: row.status,
  attempts: row.attempts,
  subject: row.subject,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  readAt: row.read_at,
});

export interface TellingColumns {
  readonly sequence: bigint;
  readonly id: string;
  readonly created_at: Date;
}

export const toTelling = ({ sequence, id, created_at: occurredAt }: TellingColumns): Telling => ({
  sequence: Number(sequence),
  notificationId: fromUuid('ntf', id),
  occurredAt,
});
