import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Account, Credentials } from '../domain/account.ts';
import type { Address, AddressDraft } from '../domain/address.ts';

export interface NewAccount {
  readonly id: Id<'usr'>;
  readonly email: string;
  readonly displayName: string | null;
  readonly passwordHash: string;
}

/** Accounts on an open transaction. Database errors are thrown as they come; the unit of work decides about repeats. */
export interface AccountsStore {
  /** Adds a CUSTOMER at version 1. @returns `null` when the address is taken. */
  add(account: NewAccount): Promise<{ readonly account: Account; readonly sequence: Sequence } | null>;
  /** By the one spelling of an address. */
  byEmail(email: string): Promise<Credentials | null>;
  replaceHash(userId: Id<'usr'>, passwordHash: string): Promise<void>;
  /** Saves an address, as the only default if it says so; the first one becomes the default. @returns `null`: the id is nobody's or another's; `full`: 50 are kept already. */
  saveAddress(userId: Id<'usr'>, id: Id<'adr'> | null, draft: AddressDraft): Promise<Id<'adr'> | null | 'full'>;
  /** @returns whether it was there and the user's. */
  removeAddress(userId: Id<'usr'>, id: Id<'adr'>): Promise<boolean>;
}

/** Reads outside transactions, in batches: one statement each, whatever the number of ids. */
export interface AccountReads {
  accounts(ids: readonly string[]): Promise<ReadonlyMap<string, Account>>;
  /** Default first, then by age. */
  addresses(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly Address[]>>;
}
