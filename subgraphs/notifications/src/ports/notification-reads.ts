import type { Id } from '@tally/kernel';
import type { Contents, Notification, Telling } from '../domain/notification.ts';

/** One page, newest first. `after`: the last of the page before. `limit` 1 to 101. */
export interface PageTerms {
  readonly after: { readonly createdAt: Date; readonly id: Id<'ntf'> } | null;
  readonly limit: number;
}

/** Entries of a user's stream, and how far it goes. */
export interface Tellings {
  /** Newest number of the stream, 0 when it is empty. */
  readonly head: number;
  readonly tellings: readonly Telling[];
}

/**
 * Notifications as they stand now. One statement per call, whatever the number of ids; what is not there is not in the map. Nobody's rights are checked
 * here. All throw database errors: retryable when the connection was lost.
 */
export interface NotificationReads {
  byIds(ids: readonly Id<'ntf'>[]): Promise<ReadonlyMap<Id<'ntf'>, Notification>>;
  contentsOf(ids: readonly Id<'ntf'>[]): Promise<ReadonlyMap<Id<'ntf'>, Contents>>;
  /** Oldest first, at most 100 each; of one user alone, or of all (`null`). */
  ofOrders(ids: readonly Id<'ord'>[], userId: Id<'usr'> | null): Promise<ReadonlyMap<Id<'ord'>, readonly Notification[]>>;
  /** @param unread leaves out what was read. */
  pageOf(userId: Id<'usr'>, unread: boolean, terms: PageTerms): Promise<readonly Notification[]>;
  /** Counted up to 10,001. */
  unreadOf(userId: Id<'usr'>): Promise<number>;
  /** What was given up. */
  deadPage(terms: PageTerms): Promise<readonly Notification[]>;
  /** Entries after a number, oldest first. @param limit 1 to 1,000. */
  tellingsAfter(userId: Id<'usr'>, afterSequence: number, limit: number): Promise<Tellings>;
  newestTelling(userId: Id<'usr'>): Promise<Telling | null>;
}
