import type { Id } from '@tally/kernel';
import type { Attempt } from '../domain/attempt.ts';
import type { Payment } from '../domain/payment.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';
import type { Refund } from '../domain/refund.ts';

/**
 * Reads for the graph. Each call is one statement, whatever the number of ids; what is not there is not in the map. Ownership is the caller's to
 * check. All throw database errors: retryable when the connection was lost.
 */
export interface PaymentsReader {
  byId(ids: readonly Id<'pay'>[]): Promise<ReadonlyMap<Id<'pay'>, Payment>>;
  /** Leaves out orders of which nothing is known but that they were voided. */
  byOrder(ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<Id<'ord'>, Payment>>;
  /** Oldest first. */
  attempts(ids: readonly Id<'pay'>[]): Promise<ReadonlyMap<Id<'pay'>, readonly Attempt[]>>;
  /** Oldest first. */
  refunds(ids: readonly Id<'pay'>[]): Promise<ReadonlyMap<Id<'pay'>, readonly Refund[]>>;
  /** The default first, then newest first. */
  methods(users: readonly Id<'usr'>[]): Promise<ReadonlyMap<Id<'usr'>, readonly PaymentMethod[]>>;
}
