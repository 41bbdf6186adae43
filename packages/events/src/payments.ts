import { z } from 'zod';
import { amount, id, instant, ref } from './fields.ts';

const command = { commandId: id('cmd'), order: ref('ord') };

/** payments.commands.v1: key = order, sequence = `saga.payments_sequence`. */
export const paymentCommands = {
  AuthorisePayment: z.object({
    ...command,
    buyer: ref('usr'),
    amount,
    /** Absent: the buyer's default. One that is not the buyer's is declined without a call to the provider. */
    paymentMethodId: id('pm').nullable(),
    /** Past this moment an authorisation that was certainly never sent is given up as FAILED. */
    deadlineAt: instant,
  }),
  CapturePayment: z.object(command),
  VoidPayment: z.object({ ...command, reason: z.string() }),
  RefundPayment: z.object({ ...command, refundId: id('ref'), amount, reason: z.string() }),
};

const fact = {
  /** `null`: a fact nobody asked for (a late success, an expired authorisation). */
  commandId: id('cmd').nullable(),
  order: ref('ord'),
  payment: ref('pay'),
};

/** payments.payment.v1: key = order, sequence = `payment_stream.sequence`. */
export const paymentFacts = {
  PaymentActionRequired: z.object({ ...fact, url: z.string(), expiresAt: instant }),
  PaymentAuthorised: z.object({ ...fact, amount }),
  PaymentDeclined: z.object({ ...fact, reason: z.string() }),
  /** Certainly never sent, or never taken. */
  PaymentFailed: z.object({ ...fact, reason: z.string() }),
  /** Progress, not an answer: the command stays outstanding until a definite reply. */
  PaymentInDoubt: z.object({ ...fact, operation: z.enum(['AUTHORISE', 'CAPTURE', 'VOID', 'REFUND']) }),
  PaymentCaptured: z.object({ ...fact, amount }),
  CaptureRefused: z.object({ ...fact, reason: z.string() }),
  PaymentVoided: z.object(fact),
  PaymentRefunded: z.object({ ...fact, refundId: id('ref'), amount }),
  RefundFailed: z.object({ ...fact, refundId: id('ref'), reason: z.string() }),
};
