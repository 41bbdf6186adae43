import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Certainly never sent, or never taken: stock is released. */
export const onPaymentFailed = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentFailed'>(advanceSaga);
