import type { Handler } from '@tally/messaging';
import type { createRefundPayment } from '../use-cases/refund-payment.ts';
import { asPoison } from './as-poison.ts';

export const onRefundPayment =
  (refundPayment: ReturnType<typeof createRefundPayment>): Handler<'RefundPayment'> =>
  ({ id, data: { commandId, order, refundId, amount, reason } }) =>
    refundPayment({ eventId: id, commandId, orderId: order.id, refundId, amount, reason }).catch(asPoison);
