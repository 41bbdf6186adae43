import type { CommandReply } from '@tally/events';
import type { Saga } from './saga.ts';
import type { CommandType } from './saga-commands.ts';

export type StockReply = CommandReply<'products.stock.v1'>;
export type PaymentFact = CommandReply<'payments.payment.v1'>;
export type Reply = StockReply | PaymentFact;

/** A reply that no order of events explains. Not retryable: its key is parked and a person looks. */
export class ImpossibleReplyError extends Error {
  override readonly name = 'ImpossibleReplyError';
  readonly retryable = false;
}

/** The definite replies to each command. */
export const answersTo: Readonly<Record<CommandType, readonly Reply['type'][]>> = {
  ReserveStock: ['StockReserved', 'StockRejected'],
  CommitStock: ['StockCommitted'],
  ReleaseStock: ['StockReleased', 'StockRejected'],
  AuthorisePayment: ['PaymentAuthorised', 'PaymentCaptured', 'PaymentDeclined', 'PaymentFailed', 'PaymentVoided'],
  CapturePayment: ['PaymentCaptured', 'CaptureRefused', 'PaymentDeclined', 'PaymentFailed', 'PaymentVoided'],
  VoidPayment: ['PaymentVoided', 'PaymentDeclined', 'PaymentFailed', 'PaymentCaptured', 'PaymentRefunded'],
  RefundPayment: ['PaymentRefunded', 'RefundFailed'],
};

/** Sent on the way, not an answer: the command stays outstanding. */
export const progressOf = (reply: Reply): 'IN_DOUBT' | 'ACTION_REQUIRED' | null =>
  reply.type === 'PaymentInDoubt' ? 'IN_DOUBT' : reply.type === 'PaymentActionRequired' ? 'ACTION_REQUIRED' : null;

/** @param why what the saga had reason to expect. */
export const impossible = (saga: Saga, reply: Reply, why: string): ImpossibleReplyError =>
  new ImpossibleReplyError(`${reply.type} in ${saga.step} of ${saga.orderId}: ${why}`);
