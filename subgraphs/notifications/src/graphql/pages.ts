import { parseId } from '@tally/kernel';
import { badInput, decodeCursor, encodeCursor } from '@tally/subgraph-kit';
import type { Notification } from '../domain/notification.ts';
import type { Page, PageRequest } from '../use-cases/view-notifications.ts';

/** What a cursor belongs to: one of another list is refused. */
export type List = 'all' | 'unread' | 'dead';

/** One page of a list as its resolvers get it. */
export interface PageModel {
  readonly list: List;
  readonly page: Page;
  /** There is a page before it. */
  readonly continued: boolean;
}

// PostgreSQL and the wire end elsewhere; no notification is older or younger.
const lastMoment = Date.UTC(9999, 11, 31);

/** @throws BAD_USER_INPUT, as a GraphQL error: `first` is not 1 to 100, or the cursor is not of this list. */
export function parsePage(list: List, { first, after }: { readonly first: number; readonly after?: string | null }): PageRequest {
  if (first < 1 || first > 100) throw badInput('`first` is 1 to 100.', 'first');
  if (after == null) return { first, after: null };
  const [time, id, of] = decodeCursor(after) ?? [];
  const notificationId = parseId('ntf', id);
  if (!Number.isInteger(time) || Number(time) < 0 || Number(time) > lastMoment || notificationId === null || of !== list)
    throw badInput('Not a cursor of this list.', 'after');
  return { first, after: { createdAt: new Date(Number(time)), id: notificationId } };
}

const toCursor = (list: List, { createdAt, id }: Notification): string => encodeCursor([createdAt.getTime(), id, list]);

/** What every connection of notifications has. */
export const pageResolvers = {
  edges: ({ list, page }: PageModel) => page.notifications.map((node) => ({ node, cursor: toCursor(list, node) })),
  pageInfo({ list, page: { notifications, hasNext }, continued }: PageModel) {
    const [first, last] = [notifications.at(0), notifications.at(-1)];
    return {
      hasNextPage: hasNext,
      hasPreviousPage: continued,
      startCursor: first === undefined ? null : toCursor(list, first),
      endCursor: last === undefined ? null : toCursor(list, last),
    };
  },
};
