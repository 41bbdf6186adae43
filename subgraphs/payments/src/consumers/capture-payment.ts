import type { Handler } from '@tally/messaging';
import type { createCapturePayment } from '../use-cases/capture-payment.ts';
import { asPoison } from './as-poison.ts';

export const onCapturePayment =
  (capturePayment: ReturnType<typeof createCapturePayment>): Handler<'CapturePayment'> =>
  ({ id, data: { commandId, order } }) =>
    capturePayment({ eventId: id, commandId, orderId: order.id }).catch(asPoison);
