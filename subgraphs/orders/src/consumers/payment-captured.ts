import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Money is here: goods may leave. For an order that is no sale it goes back. */
export const onPaymentCaptured = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentCaptured'>(advanceSaga);
