import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Stock is held: payments is asked for the money. */
export const onStockReserved = (advanceSaga: AdvanceSaga) => sagaReply<'StockReserved'>(advanceSaga);
