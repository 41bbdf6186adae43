import type { Id, Money } from '@tally/kernel';
import type { Payment, PaymentStatus } from './payment.ts';

/** Where a refund stands. IN_DOUBT, like PENDING, counts against what is left to give back. */
export type RefundStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'IN_DOUBT';

/** Money on its way back to the buyer; the id is the one that the command named. */
export interface Refund {
  readonly id: Id<'ref'>;
  readonly status: RefundStatus;
  readonly amount: Money;
  readonly reason: string;
  readonly createdAt: Date;
}

/**
 * Why a refund cannot be made, or `null` when it can.
 *
 * @param spokenFor minor units of the other refunds of the payment that succeeded, wait or are in doubt.
 */
export function refundProblem(payment: Payment, refund: Refund, spokenFor: number): string | null {
  if (payment.status !== 'CAPTURED' && payment.status !== 'PARTIALLY_REFUNDED')
    return payment.status === 'REFUNDED' ? 'EXCEEDS_CAPTURED' : 'NOT_CAPTURED';
  if (payment.amount?.currency !== refund.amount.currency) return 'CURRENCY_MISMATCH';
  return refund.amount.amount + spokenFor > payment.captured ? 'EXCEEDS_CAPTURED' : null;
}

/** What a captured payment becomes by a refund that succeeded. */
export function afterRefund(payment: Payment, refund: Refund): { readonly status: PaymentStatus; readonly refunded: number } {
  const refunded = payment.refunded + refund.amount.amount;
  return { status: refunded >= payment.captured ? 'REFUNDED' : 'PARTIALLY_REFUNDED', refunded };
}
