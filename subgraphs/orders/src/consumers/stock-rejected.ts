import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Some line is short or not sold any more: the order is REJECTED, every such line named. */
export const onStockRejected = (advanceSaga: AdvanceSaga) => sagaReply<'StockRejected'>(advanceSaga);
