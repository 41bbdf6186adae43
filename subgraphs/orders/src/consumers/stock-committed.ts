import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** The goods have left the stock for good. */
export const onStockCommitted = (advanceSaga: AdvanceSaga) => sagaReply<'StockCommitted'>(advanceSaga);
