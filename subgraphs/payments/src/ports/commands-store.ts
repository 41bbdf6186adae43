import type { Id, Money } from '@tally/kernel';
import type { Carried } from './work-queue.ts';

/** What every command names. `trace` travels with the operation. */
export interface CommandRow {
  readonly commandId: Id<'cmd'>;
  readonly orderId: Id<'ord'>;
  readonly trace: Carried;
}

export interface AuthoriseRow extends CommandRow {
  readonly buyerId: Id<'usr'>;
  readonly amount: Money;
  /** Null: the buyer's default. */
  readonly paymentMethodId: Id<'pm'> | null;
  readonly provider: string;
  readonly deadlineAt: Date;
}

export interface RefundRow extends CommandRow {
  readonly refundId: Id<'ref'>;
  readonly amount: Money;
  readonly reason: string;
}

/**
 * Takes commands on an open transaction: each is one statement and leaves one operation in the queue. A command id that is known leaves nothing
 * new. None of them decides anything; the worker does, when the operation's turn has come.
 */
export interface CommandsStore {
  /**
   * Opens the payment with the buyer's method, whose token is kept; somebody else's method or none leaves the token empty. Where a void came first,
   * its payment gets buyer and amount and stays VOIDED.
   */
  authorise(row: AuthoriseRow): Promise<void>;
  /** @returns `false`: the order has no payment, nothing was written. @param giveUpMs after that many ms what was certainly not captured is given up. */
  capture(row: CommandRow, giveUpMs: number): Promise<boolean>;
  /** Also brings forward what waits before it, and stands alone as a VOIDED payment where there is none. */
  void(row: CommandRow & { readonly provider: string }): Promise<void>;
  /** @returns `false`: the order has no payment, or one that was voided before it began; nothing was written. @param giveUpMs as for `capture`. */
  refund(row: RefundRow, giveUpMs: number): Promise<boolean>;
}
