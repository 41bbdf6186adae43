import type { Handler } from '@tally/messaging';
import type { createReleaseStock } from '../use-cases/release-stock.ts';

export const onReleaseStock =
  (releaseStock: ReturnType<typeof createReleaseStock>): Handler<'ReleaseStock'> =>
  ({ id, data: { order, commandId, reason } }) =>
    releaseStock({ eventId: id, orderId: order.id, commandId, reason });
