import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Account, Credentials } from '../domain/account.ts';

export interface NewAccount {
  readonly id: Id<'usr'>;
  readonly email: string;
  readonly displayName: string | null;
  readonly passwordHash: string;
}

/**
 * Accounts on an open transaction; each call is one statement.
 *
 * @throws database errors as they come, from every method; the unit of work decides about repeats.
 */
export interface AccountsStore {
  /** Adds a CUSTOMER at version 1. @returns `null` when the address is taken. */
  add(account: NewAccount): Promise<{ readonly account: Account; readonly sequence: Sequence } | null>;
  /** By the one spelling of an address. */
  byEmail(email: string): Promise<Credentials | null>;
  /** Only while the hash is still the one that was verified: a password that was changed meanwhile stays changed. */
  replaceHash(userId: Id<'usr'>, verified: string, renewed: string): Promise<void>;
}
