import { parseId, type Id, type IdPrefix } from '@tally/kernel';
import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Contents, Notification } from '../domain/notification.ts';
import type { Onlooker, Page, PageRequest, ViewNotifications } from '../use-cases/view-notifications.ts';

/** One loader per entity and set of arguments. Keys that are no id of their kind are not there; of notifications, only what the onlooker may see. */
export interface Loaders {
  readonly notifications: BatchLoader<Notification>;
  /** Of notifications that were seen. */
  readonly contents: BatchLoader<Contents>;
  readonly ofOrders: BatchLoader<readonly Notification[]>;
  /** Of the user who asks: whether it is that user is the resolver's to check. */
  pageOf(unread: boolean, request: PageRequest): BatchLoader<Page>;
  readonly unreadCounts: BatchLoader<number>;
}

/** @param onlooker of this request: what it may not see is not loaded. */
export function createLoaders(view: ViewNotifications, onlooker: Onlooker): Loaders {
  const pages = new Map<string, BatchLoader<Page>>();
  return {
    notifications: batchLoader('notifications', (keys) => view.byIds(onlooker, idsOf('ntf', keys))),
    contents: batchLoader('notification contents', (keys) => view.contentsOf(idsOf('ntf', keys))),
    ofOrders: batchLoader('notifications of orders', (keys) => view.ofOrders(onlooker, idsOf('ord', keys))),
    pageOf(unread, request) {
      const terms = JSON.stringify([unread, request]);
      const known = pages.get(terms);
      if (known !== undefined) return known;
      const loader = batchLoader('notifications page', (keys) => ofEach(keys, (userId) => view.pageOf(userId, unread, request)));
      pages.set(terms, loader);
      return loader;
    },
    unreadCounts: batchLoader('unread counts', (keys) => ofEach(keys, view.unreadOf)),
  };
}

const idsOf = <P extends IdPrefix>(prefix: P, keys: readonly string[]): readonly Id<P>[] =>
  keys.map((key) => parseId(prefix, key)).filter((id) => id !== null);

/** Nobody sees another one's: there is one user at most. */
async function ofEach<Value>(keys: readonly string[], read: (userId: Id<'usr'>) => Promise<Value>): Promise<ReadonlyMap<string, Value>> {
  return new Map(await Promise.all(idsOf('usr', keys).map(async (id) => [id, await read(id)] as const)));
}
