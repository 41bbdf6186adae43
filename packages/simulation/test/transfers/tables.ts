import type { Id } from '@tally/kernel';
import { defineTable } from '../../src/index.ts';

/** An account of the bank, or a box of the vault, where what has left an account arrives. */
export interface Account {
  readonly id: string;
  readonly balance: number;
}
export const accounts = defineTable<Account>({
  name: 'account',
  key: ({ id }) => id,
  checks: { balance: ({ balance }) => balance >= 0 },
});

/** A transfer on its way: one command, one answer. Its order is the key of its streams. */
export interface Transfer {
  readonly order: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
  readonly account: string;
  readonly amount: number;
  /** Answers that have been counted. */
  readonly arrived: number;
}
export const transfers = defineTable<Transfer>({ name: 'transfer', key: ({ order }) => order });
