import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Contents, Notification } from '../domain/notification.ts';

/** Trace context of the event that caused a notification (W3C Trace Context). */
export interface Carried {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** A notification that is not told yet. */
export interface NewNotification extends Pick<Notification, 'id' | 'userId' | 'orderId' | 'channel' | 'template' | 'subject'>, Contents {
  readonly eventId: Id<'evt'>;
  readonly messageId: string;
  readonly trace: Carried;
}

/** Notifications on an open transaction. Streams of users are locked last. Database errors are retryable when the connection was lost. */
export interface NotificationsStore {
  /**
   * Queues a notification and takes the next number of its user's stream.
   *
   * @param giveUpMs after that many milliseconds of database time a delivery that fails is the last.
   * @returns its number; `null`: this event was told over this channel before, nothing was written.
   */
  add(notification: NewNotification, giveUpMs: number): Promise<Sequence | null>;
  /** Marks those of the user that were not read yet. @param ids 1 to 250. @returns them, in the order of their ids. */
  markRead(userId: Id<'usr'>, ids: readonly Id<'ntf'>[]): Promise<readonly Id<'ntf'>[]>;
  /** Takes the next numbers of a user's stream, in a row. @param count 1 or more. */
  raise(userId: Id<'usr'>, count: number): Promise<readonly Sequence[]>;
  /** Queues again what was given up, with patience of its own. @param ids 1 to 250. @returns how many. */
  resend(ids: readonly Id<'ntf'>[], giveUpMs: number): Promise<number>;
}
