import type { Id } from '@tally/kernel';
import { notificationRead } from '../domain/messages.ts';
import type { Notification } from '../domain/notification.ts';
import type { NotificationReads } from '../ports/notification-reads.ts';
import type { Transact } from '../ports/unit.ts';
import type { NotificationsTelemetry } from '../telemetry.ts';

export interface MarkReadDeps {
  readonly transact: Transact;
  readonly reads: NotificationReads;
  readonly telemetry: NotificationsTelemetry;
}

/** Marks a user's own notifications as read. @returns those that are the user's; missing and foreign ones are left out alike. */
export function createMarkRead({ transact, reads, telemetry }: MarkReadDeps) {
  return async function markRead(userId: Id<'usr'>, ids: readonly Id<'ntf'>[]): Promise<ReadonlyMap<Id<'ntf'>, Notification>> {
    if (ids.length === 0) return new Map();
    const marked = await transact(async ({ notifications, outbox }) => {
      const unread = await notifications.markRead(userId, ids);
      if (unread.length === 0) return 0;
      const sequences = await notifications.raise(userId, unread.length);
      await outbox.append(
        ...sequences.flatMap((sequence, at) => unread.slice(at, at + 1).map((id) => notificationRead(id, userId, sequence))),
      );
      return unread.length;
    });
    telemetry.notificationsRead(marked);
    const found = await reads.byIds(ids);
    return new Map([...found].filter(([, notification]) => notification.userId === userId));
  };
}
