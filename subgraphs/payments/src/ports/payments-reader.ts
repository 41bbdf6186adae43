import type { Id } from '@tally/kernel';
import type { AttemptOutcome } from '../domain/evidence.ts';
import type { Call } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import type { PaymentMethod } from '../domain/payment-method.ts';
import type { Refund } from '../domain/refund.ts';

/** One call to the provider, as the record keeps it. */
export interface Attempt {
  readonly id: Id<'att'>;
  /** From 1, per payment. */
  readonly number: number;
  readonly operation: Call | 'ENQUIRE';
  readonly outcome: AttemptOutcome;
  readonly providerRef: string | null;
  readonly errorCode: string | null;
  readonly latencyMs: number | null;
  readonly at: Date;
}

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
