import type { Handler } from '@tally/messaging';
import type { createFollowStock } from '../use-cases/follow-stock.ts';

export const onStockLevelChanged =
  (followStock: ReturnType<typeof createFollowStock>): Handler<'StockLevelChanged'> =>
  ({ data: { variant, available } }) =>
    followStock({ variantId: variant.id, available });
