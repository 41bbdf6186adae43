import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import type { Notification, Telling } from '../domain/notification.ts';
import type { NotificationReads, PageTerms } from '../ports/notification-reads.ts';

/** Who looks: a person or nobody in particular, and whether all notifications are theirs to see. */
export interface Onlooker {
  readonly userId: Id<'usr'> | null;
  readonly seesAll: boolean;
}

export interface Page {
  readonly notifications: readonly Notification[];
  readonly hasNext: boolean;
}

export interface PageRequest {
  readonly after: PageTerms['after'];
  /** 1 to 100. */
  readonly first: number;
}

/** Most entries of one replay. */
const replayed = 1_000;

/** What the graph reads: only what the onlooker may see. Missing and foreign look alike. */
export function createViewNotifications(reads: NotificationReads) {
  const paged = async ({ after, first }: PageRequest, read: (terms: PageTerms) => Promise<readonly Notification[]>): Promise<Page> => {
    const found = await read({ after, limit: first + 1 });
    return { notifications: found.slice(0, first), hasNext: found.length > first };
  };
  return {
    async byIds({ userId, seesAll }: Onlooker, ids: readonly Id<'ntf'>[]): Promise<ReadonlyMap<Id<'ntf'>, Notification>> {
      if (userId === null && !seesAll) return new Map();
      const found = await reads.byIds(ids);
      return new Map([...found].filter(([, notification]) => seesAll || notification.userId === userId));
    },
    /** Of notifications that were seen. */
    contentsOf: reads.contentsOf,
    async ofOrders({ userId, seesAll }: Onlooker, ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<Id<'ord'>, readonly Notification[]>> {
      return userId === null && !seesAll ? new Map() : reads.ofOrders(ids, seesAll ? null : userId);
    },
    /** For the user alone. */
    pageOf: (userId: Id<'usr'>, unread: boolean, request: PageRequest): Promise<Page> =>
      paged(request, (terms) => reads.pageOf(userId, unread, terms)),
    unreadOf: reads.unreadOf,
    /** For those who may see all. */
    undelivered: (request: PageRequest): Promise<Page> => paged(request, reads.deadPage),
    /** What a user was told after a number, or the newest alone. Refused: the number is ahead of everything the user was ever told. */
    async tellings(userId: Id<'usr'>, afterSequence: number | null): Promise<Outcome<readonly Telling[], 'SEQUENCE_AHEAD'>> {
      if (afterSequence === null) {
        const newest = await reads.newestTelling(userId);
        return ok(newest === null ? [] : [newest]);
      }
      const { head, tellings } = await reads.tellingsAfter(userId, afterSequence, replayed);
      return afterSequence > head ? refuse('SEQUENCE_AHEAD') : ok(tellings);
    },
  };
}

export type ViewNotifications = ReturnType<typeof createViewNotifications>;
