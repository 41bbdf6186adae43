import type { Inbox, Outbox } from '@tally/messaging';
import type { CommandsStore } from './commands-store.ts';
import type { PaymentMethodsStore } from './payment-methods.ts';
import type { SettlementStore } from './work-queue.ts';

/** What one unit of work writes through. */
export interface PaymentsUnit {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly commands: CommandsStore;
  readonly settlements: SettlementStore;
  readonly methods: PaymentMethodsStore;
}

/**
 * Runs one unit of work in one transaction: all of it, or nothing. It may run again from its beginning after a conflict, so it has no effect
 * outside its transaction.
 *
 * @throws what the unit threw, and database errors that a repeat does not cure.
 */
export type Transact = <Result>(work: (unit: PaymentsUnit) => Promise<Result>) => Promise<Result>;
