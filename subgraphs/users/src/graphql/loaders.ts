import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import type { Address } from '../domain/address.ts';
import type { AccountReads } from '../ports/accounts-store.ts';

/** One loader per entity and request. */
export interface Loaders {
  readonly accounts: BatchLoader<Account>;
  readonly addresses: BatchLoader<readonly Address[]>;
}

export const createLoaders = (reads: AccountReads): Loaders => ({
  accounts: batchLoader('accounts', (ids) => reads.accounts(ids)),
  addresses: batchLoader('addresses', (ids) => reads.addresses(ids)),
});
