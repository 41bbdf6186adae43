import type { Id } from '@tally/kernel';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/*
 * The life of an operation: one command, from the moment it was taken to its one definite reply. A payment's operations are carried out one after
 * the other, in the order in which they came.
 *   READY           what `call` names certainly has no effect at the provider; the call comes next.
 *   ENQUIRE         it may have had one; an enquiry comes next, and nothing else does.
 *   AWAITING_BUYER  the provider waits for the buyer; enquiries ask how far that is.
 *   PARKED          what the provider says cannot be; a person has to look, and what came after waits.
 *   DONE            the reply is in the outbox.
 */

/** Calls that move or hold money. */
export type Call = 'AUTHORISE' | 'CAPTURE' | 'VOID' | 'REFUND';

/** Where an operation stands. */
export type OperationState = 'READY' | 'ENQUIRE' | 'AWAITING_BUYER' | 'PARKED' | 'DONE';

/** A command under way. */
export interface Operation {
  readonly id: string;
  readonly commandId: Id<'cmd'>;
  readonly kind: Call;
  /** What is asked of the provider next. Differs from `kind` in one case: an authorisation that waits for the buyer is undone by a VOID. */
  readonly call: Call;
  /** The provider's idempotency key of `call`. */
  readonly key: string;
  readonly state: OperationState;
  readonly refund: Refund | null;
  /** Past it, what certainly did not happen is given up. A void is never given up. */
  readonly deadlineAt: Date | null;
  /** Calls in a row that certainly were not made. */
  readonly tries: number;
  /** Enquiries of this doubt. */
  readonly enquiries: number;
  /** Since when the payment, or the refund, is in doubt by this operation. */
  readonly doubtSince: Date | null;
  /** Since when the last call may be on its way without us. */
  readonly unknownSince: Date | null;
}

/** An operation that this worker alone may carry out, as long as its lease holds. */
export interface Work {
  readonly operation: Operation;
  readonly payment: Payment;
  /** Results are written under it; another number in the table means that somebody else took over. */
  readonly fence: number;
  /** The moment of the claim in database time. */
  readonly claimedAt: Date;
  /** An earlier worker began a call and died before it recorded what came of it. */
  readonly interrupted: boolean;
  /** A VoidPayment waits behind this operation. */
  readonly voidWaits: boolean;
  /** Minor units of the payment's other refunds that succeeded, wait or are in doubt. */
  readonly spokenFor: number;
}

/**
 * The provider's idempotency key: derived, never random, so that whoever makes the call again, whenever, makes the same call
 * (docs/reliability.md, idempotency).
 */
export function keyOf(orderId: Id<'ord'>, call: Call, refundId: Id<'ref'> | null = null): string {
  return call === 'REFUND' ? `order:${orderId}:refund:${String(refundId)}` : `order:${orderId}:${call.toLowerCase()}`;
}

/** Whether the payment stands in doubt because of this very operation. */
export const isOwnDoubt = ({ operation, payment }: Pick<Work, 'operation' | 'payment'>): boolean =>
  payment.status === 'IN_DOUBT' && operation.doubtSince !== null;
