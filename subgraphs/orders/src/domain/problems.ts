import type { MessageData } from '@tally/events';
import type { CancelReason, Problem } from './order.ts';

/** Why an order did not become a sale, in the words its buyer reads. `code` is a member of ErrorCode in schema.graphql. */

export const paymentDeclined: Problem = { code: 'PAYMENT_DECLINED', message: 'The payment was declined.' };
export const paymentNotPossible: Problem = { code: 'PROVIDER_UNAVAILABLE', message: 'The payment could not be made; nothing was charged.' };
export const paymentNotCompleted: Problem = {
  code: 'PAYMENT_DECLINED',
  message: 'The payment was not completed in time; nothing was charged.',
};
export const paymentNotCollected: Problem = { code: 'PAYMENT_DECLINED', message: 'The payment could not be collected.' };

const reasons: Readonly<Record<CancelReason, string>> = {
  CUSTOMER: 'The order was cancelled by its buyer.',
  INVENTORY: 'The order was cancelled: the goods cannot be delivered.',
  FRAUD: 'The order was cancelled after a check.',
  PAYMENT: 'The order was cancelled: the payment could not be collected.',
  TIMEOUT: 'The order was cancelled: its stock could not be reserved in time.',
};

export const notDelivered = (reason: CancelReason): Problem => ({ code: 'CANCELLED', message: reasons[reason] });

/** One problem per line that products could not serve, and at least one. */
export function shortLines({ reason, short }: MessageData<'StockRejected'>): readonly Problem[] {
  const lines = short.map(({ variant, requested, available }): Problem =>
    reason === 'NOT_SELLABLE'
      ? { code: 'NOT_SELLABLE', message: 'It is not sold any more.', variant, requested, available }
      : { code: 'INSUFFICIENT_STOCK', message: `Only ${available} of ${requested} available.`, variant, requested, available },
  );
  if (lines.length > 0) return lines;
  return [{ code: reason === 'NOT_SELLABLE' ? 'NOT_SELLABLE' : 'INSUFFICIENT_STOCK', message: 'The stock could not be reserved.' }];
}
