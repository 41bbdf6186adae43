import type { simulatePayments } from '@tally/payments/simulation';

/** The port of payments, as its simulation takes it. */
export type PaymentProvider = Parameters<typeof simulatePayments>[1]['provider'];

/** How a call went. */
export type CallAnswer = Awaited<ReturnType<PaymentProvider['authorise']>>;

/** How an enquiry went. */
export type EnquiryAnswer = Awaited<ReturnType<PaymentProvider['enquire']>>;

/** An authorisation in the words of the port. */
export type Snapshot = Extract<CallAnswer, { readonly kind: 'ANSWERED' }>['snapshot'];
