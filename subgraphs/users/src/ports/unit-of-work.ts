import type { Transact, Unit } from '@tally/subgraph-kit';
import type { AccountsStore } from './accounts-store.ts';
import type { AddressesStore } from './addresses-store.ts';
import type { AttemptsStore } from './attempts-store.ts';
import type { SessionsStore } from './sessions-store.ts';

/** The stores of one transaction. */
export interface Stores {
  readonly accounts: AccountsStore;
  readonly addresses: AddressesStore;
  readonly attempts: AttemptsStore;
  readonly sessions: SessionsStore;
}

/** An open transaction. */
export type OpenUnit = Stores & Unit;

/** One transaction over all stores of users; see `Transact` of the kit. */
export type UnitOfWork = Transact<Stores>;
