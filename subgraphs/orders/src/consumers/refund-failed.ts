import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Money did not go back: a person has to look. */
export const onRefundFailed = (advanceSaga: AdvanceSaga) => sagaReply<'RefundFailed'>(advanceSaga);
