import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** The pivot: the order is CONFIRMED, stock is committed, money captured. */
export const onPaymentAuthorised = (advanceSaga: AdvanceSaga) => sagaReply<'PaymentAuthorised'>(advanceSaga);
