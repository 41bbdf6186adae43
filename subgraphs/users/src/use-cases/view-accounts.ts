import type { Id } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import type { Address } from '../domain/address.ts';
import { maySee, type Onlooker } from '../domain/visibility.ts';
import type { AccountReads } from '../ports/account-reads.ts';

/** Accounts as one onlooker sees them: those of others do not exist, and are not asked for. */
export interface AccountsView {
  accounts(ids: readonly Id<'usr'>[]): Promise<readonly Account[]>;
  /** A user who is not to be seen has no entry. */
  addresses(userIds: readonly Id<'usr'>[]): Promise<ReadonlyMap<Id<'usr'>, readonly Address[]>>;
}

export function createViewAccounts({ reads }: { readonly reads: AccountReads }) {
  return function viewAccounts(onlooker: Onlooker): AccountsView {
    const visible = (ids: readonly Id<'usr'>[]): readonly Id<'usr'>[] => ids.filter((id) => maySee(onlooker, id));
    return {
      async accounts(ids) {
        const seen = visible(ids);
        return seen.length === 0 ? [] : reads.accounts(seen);
      },
      async addresses(userIds) {
        const seen = visible(userIds);
        return seen.length === 0 ? new Map() : reads.addresses(seen);
      },
    };
  };
}
