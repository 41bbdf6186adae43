import type { Id } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import type { Address } from '../domain/address.ts';

/**
 * Reads outside transactions: one statement, and one text, whatever the number of ids. Nothing is hidden here; who may see what is decided by the use
 * case.
 *
 * @throws database errors; all are reads, so all may be repeated.
 */
export interface AccountReads {
  /** In no order; what is missing is missing. */
  accounts(ids: readonly Id<'usr'>[]): Promise<readonly Account[]>;
  /** Default first, then by age; every user asked for has an entry. */
  addresses(userIds: readonly Id<'usr'>[]): Promise<ReadonlyMap<Id<'usr'>, readonly Address[]>>;
}
