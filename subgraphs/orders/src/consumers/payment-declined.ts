import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** No money, for certain: stock is released. */
export const onPaymentDeclined = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentDeclined'>(advanceSaga);
