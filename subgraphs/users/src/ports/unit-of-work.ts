import type { Transact } from '@tally/subgraph-kit';
import type { AccountsStore } from './accounts-store.ts';
import type { SessionsStore } from './sessions-store.ts';

/** The stores of one transaction. */
export interface Stores {
  readonly accounts: AccountsStore;
  readonly sessions: SessionsStore;
}

/** One transaction over all stores of users; see `Transact` of the kit. */
export type UnitOfWork = Transact<Stores>;
