import type { Id } from '@tally/kernel';
import type { AddressDraft } from '../domain/address.ts';

/** What an account keeps, as seen by whoever holds its lock. */
export interface KeptAddresses {
  /** 0 to 50. */
  readonly count: number;
  /** Whether the address that was asked for is among them. */
  readonly known: boolean;
}

/**
 * Addresses on an open transaction. All that writes takes the account's lock first, which keeps the number of addresses and the one default true under
 * parallel calls.
 *
 * @throws database errors as they come, from every method; the unit of work decides about repeats.
 */
export interface AddressesStore {
  /** Locks the account and looks. @returns `null` when there is no such account. */
  lock(userId: Id<'usr'>, address: Id<'adr'> | null): Promise<KeptAddresses | null>;
  /** Adds an address, or replaces the one with this id; as a new default it takes the place of the old one. */
  put(userId: Id<'usr'>, id: Id<'adr'>, address: AddressDraft, isNew: boolean): Promise<void>;
  /** Removes an address; if it was the default, the oldest of the others becomes it. */
  remove(userId: Id<'usr'>, id: Id<'adr'>): Promise<void>;
}
