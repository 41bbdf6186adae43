import type { Id, Money } from '@tally/kernel';

/*
 * The life of a payment.
 *   PENDING             taken, and nothing is known to have happened at the provider.
 *   REQUIRES_ACTION     the provider waits for the buyer; nothing is held yet.
 *   AUTHORISED          the amount is held. A capture that was refused for good leaves it here until it is voided.
 *   CAPTURED            the money moved; refunds move it on.
 *   PARTIALLY_REFUNDED  some of it went back; ends in REFUNDED when the sum is reached.
 *   IN_DOUBT            an authorise, capture or void may or may not have happened. Only an enquiry ends it.
 *   REFUNDED, DECLINED, FAILED, VOIDED   ends.
 */

/** Where a payment stands. */
export type PaymentStatus =
  | 'PENDING'
  | 'REQUIRES_ACTION'
  | 'AUTHORISED'
  | 'CAPTURED'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED'
  | 'DECLINED'
  | 'FAILED'
  | 'VOIDED'
  | 'IN_DOUBT';

/** The only moves there are. What asks for another is parked, whoever asks. */
export const transitions: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: ['AUTHORISED', 'CAPTURED', 'DECLINED', 'REQUIRES_ACTION', 'FAILED', 'VOIDED', 'IN_DOUBT'],
  REQUIRES_ACTION: ['AUTHORISED', 'CAPTURED', 'DECLINED', 'FAILED', 'VOIDED', 'IN_DOUBT'],
  AUTHORISED: ['CAPTURED', 'VOIDED', 'IN_DOUBT'],
  CAPTURED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  PARTIALLY_REFUNDED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  IN_DOUBT: ['AUTHORISED', 'CAPTURED', 'DECLINED', 'FAILED', 'VOIDED', 'REQUIRES_ACTION'],
  REFUNDED: [],
  DECLINED: [],
  FAILED: [],
  VOIDED: [],
};

/** Whether a payment may go from one status to another. Staying is no move. */
export const mayMove = (from: PaymentStatus, to: PaymentStatus): boolean => transitions[from].includes(to);

/** Where the buyer continues, and until when. */
export interface BuyerAction {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The money of one order. `captured` and `refunded` are minor units of `amount`'s currency; 0 <= refunded <= captured <= amount. */
export interface Payment {
  readonly id: Id<'pay'>;
  readonly orderId: Id<'ord'>;
  /** Null, like the amount, only while a void that came before its authorisation stands here alone. */
  readonly buyerId: Id<'usr'> | null;
  readonly provider: string;
  /** The provider's token of the method; null when the buyer has no such method. */
  readonly token: string | null;
  readonly status: PaymentStatus;
  readonly amount: Money | null;
  readonly captured: number;
  readonly refunded: number;
  /** The provider's name for the authorisation. */
  readonly providerRef: string | null;
  readonly action: BuyerAction | null;
  /** Why a person has to look. */
  readonly attention: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
