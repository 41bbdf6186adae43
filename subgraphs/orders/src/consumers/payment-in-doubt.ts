import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Progress, not an answer: nothing is released and nothing is charged again until an enquiry settles it. */
export const onPaymentInDoubt = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentInDoubt'>(advanceSaga);
