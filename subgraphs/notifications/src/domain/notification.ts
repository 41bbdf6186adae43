import type { Id } from '@tally/kernel';
import type { MailTemplate } from './mails/mail.ts';

/** The ways that lead to a user. */
export type Channel = 'EMAIL';

/** QUEUED and FAILED are on their way; SENT and DEAD are over, and only a resend brings a DEAD one back. */
export type DeliveryStatus = 'QUEUED' | 'SENT' | 'FAILED' | 'DEAD';

/** Something a user is told, without what was written. */
export interface Notification {
  readonly id: Id<'ntf'>;
  readonly userId: Id<'usr'>;
  readonly orderId: Id<'ord'> | null;
  readonly channel: Channel;
  readonly template: MailTemplate;
  readonly status: DeliveryStatus;
  /** Deliveries begun. */
  readonly attempts: number;
  readonly subject: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly readAt: Date | null;
}

/** What was written, as sent. */
export interface Contents {
  readonly text: string;
  readonly html: string;
}

/** One entry in the stream of what a user was told. */
export interface Telling {
  readonly sequence: number;
  readonly notificationId: Id<'ntf'>;
  readonly occurredAt: Date;
}
