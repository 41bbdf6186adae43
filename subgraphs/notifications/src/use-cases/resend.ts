import type { Id } from '@tally/kernel';
import type { Notification } from '../domain/notification.ts';
import type { NotificationReads } from '../ports/notification-reads.ts';
import type { Transact } from '../ports/unit.ts';
import type { NotificationsTelemetry } from '../telemetry.ts';

export interface ResendDeps {
  readonly transact: Transact;
  readonly reads: NotificationReads;
  readonly telemetry: NotificationsTelemetry;
  readonly giveUpMs: number;
  readonly mailsDue: () => void;
}

/** Brings back what was given up; what is on its way or was sent stays as it is. Who may is the caller's to check. @returns those that exist. */
export function createResend({ transact, reads, telemetry, giveUpMs, mailsDue }: ResendDeps) {
  return async function resend(ids: readonly Id<'ntf'>[]): Promise<ReadonlyMap<Id<'ntf'>, Notification>> {
    if (ids.length === 0) return new Map();
    const queued = await transact(({ notifications }) => notifications.resend(ids, giveUpMs));
    telemetry.mailsResent(queued);
    const found = await reads.byIds(ids);
    if (queued > 0) mailsDue();
    return found;
  };
}
