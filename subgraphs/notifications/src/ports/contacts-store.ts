import type { Id } from '@tally/kernel';
import type { Contact } from '../domain/replicas.ts';

/** The replica of users.user.v1, on an open transaction. Database errors are retryable when the connection was lost. */
export interface ContactsStore {
  /** `null`: users has not told of this user yet. */
  of(userId: Id<'usr'>): Promise<Contact | null>;
  /**
   * Keeps a contact if its version is newer, and makes what waits for this user due now.
   *
   * @param version 1 or more.
   * @returns whether it was newer.
   */
  replace(contact: Contact, version: number): Promise<boolean>;
}
