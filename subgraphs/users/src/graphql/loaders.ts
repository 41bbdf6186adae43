import { parseId } from '@tally/kernel';
import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import type { Address } from '../domain/address.ts';
import type { AccountsView } from '../use-cases/view-accounts.ts';

/** One loader per entity and request, by user id in any spelling: what is malformed, missing or foreign is `null`. */
export interface Loaders {
  readonly accounts: BatchLoader<Account>;
  readonly addresses: BatchLoader<readonly Address[]>;
}

const userIds = (keys: readonly string[]) => keys.flatMap((key) => parseId('usr', key) ?? []);

export const createLoaders = (view: AccountsView): Loaders => ({
  accounts: batchLoader(
    'accounts',
    async (keys) => new Map((await view.accounts(userIds(keys))).map((account) => [account.id as string, account])),
  ),
  addresses: batchLoader('addresses', (keys) => view.addresses(userIds(keys))),
});
