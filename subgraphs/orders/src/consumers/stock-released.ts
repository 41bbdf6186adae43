import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Stock is free again; expected after the end of an order. */
export const onStockReleased = (advanceSaga: AdvanceSaga) => sagaReply<'StockReleased'>(advanceSaga);
