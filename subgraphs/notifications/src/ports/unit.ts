import type { Inbox, Outbox } from '@tally/messaging';
import type { ContactsStore } from './contacts-store.ts';
import type { KnownOrdersStore } from './known-orders-store.ts';
import type { NotificationsStore } from './notifications-store.ts';

/** What one unit of work writes through. */
export interface NotificationsUnit {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly contacts: ContactsStore;
  readonly orders: KnownOrdersStore;
  readonly notifications: NotificationsStore;
}

/**
 * Runs one unit of work in one transaction: all of it, or nothing. It may run again from its beginning after a conflict, so it has no effect
 * outside its transaction.
 *
 * @throws what the unit threw, and database errors that a repeat does not cure.
 */
export type Transact = <Result>(work: (unit: NotificationsUnit) => Promise<Result>) => Promise<Result>;
