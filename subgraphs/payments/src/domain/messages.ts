import type { CommandReply, OutgoingEvent, Sequence } from '@tally/events';
import { newId, type Id, type Money } from '@tally/kernel';
import type { Call } from './operation.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/** What payments tells the others, as it travels on payments.payment.v1. */
export type PaymentFact = CommandReply<'payments.payment.v1'>;

/** Words for the facts of one payment, said in answer to one command. */
export function factsOf(payment: Pick<Payment, 'id' | 'orderId'>, commandId: Id<'cmd'>) {
  const about = { commandId, order: { id: payment.orderId }, payment: { id: payment.id } };
  return {
    actionRequired: (url: string, expiresAt: Date): PaymentFact => ({
      type: 'PaymentActionRequired',
      data: { ...about, url, expiresAt: expiresAt.toISOString() },
    }),
    authorised: (amount: Money): PaymentFact => ({ type: 'PaymentAuthorised', data: { ...about, amount: { ...amount } } }),
    declined: (reason: string): PaymentFact => ({ type: 'PaymentDeclined', data: { ...about, reason } }),
    /** Certainly never taken. */
    failed: (reason: string): PaymentFact => ({ type: 'PaymentFailed', data: { ...about, reason } }),
    inDoubt: (operation: Call): PaymentFact => ({ type: 'PaymentInDoubt', data: { ...about, operation } }),
    captured: (amount: Money): PaymentFact => ({ type: 'PaymentCaptured', data: { ...about, amount: { ...amount } } }),
    captureRefused: (reason: string): PaymentFact => ({ type: 'CaptureRefused', data: { ...about, reason } }),
    voided: (): PaymentFact => ({ type: 'PaymentVoided', data: about }),
    refunded: (refund: Refund): PaymentFact => ({
      type: 'PaymentRefunded',
      data: { ...about, refundId: refund.id, amount: { ...refund.amount } },
    }),
    refundFailed: (refund: Pick<Refund, 'id'>, reason: string): PaymentFact => ({
      type: 'RefundFailed',
      data: { ...about, refundId: refund.id, reason },
    }),
  };
}

/** Facts that tell how far something is; every other fact is the one definite reply to its command. */
export const isProgress = ({ type }: PaymentFact): boolean => type === 'PaymentInDoubt' || type === 'PaymentActionRequired';

/** A fact on its way to the others, in the stream of its order. */
export const toEvent = ({ type, data }: PaymentFact, orderId: Id<'ord'>, sequence: Sequence): OutgoingEvent => ({
  id: newId('evt'),
  topic: 'payments.payment.v1',
  type,
  key: orderId,
  sequence,
  data,
});
