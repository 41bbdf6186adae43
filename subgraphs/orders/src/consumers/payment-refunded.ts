import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Money went back: a cancelled order ends, its stock is released. */
export const onPaymentRefunded = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentRefunded'>(advanceSaga);
