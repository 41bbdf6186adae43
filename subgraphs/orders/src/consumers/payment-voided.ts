import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** No money is held any more: a cancelled order ends, its stock is released. */
export const onPaymentVoided = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentVoided'>(advanceSaga);
