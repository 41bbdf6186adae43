import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** The buyer has to act at the provider; the deadline goes on. */
export const onPaymentActionRequired = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentActionRequired'>(advanceSaga);
