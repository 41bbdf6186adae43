import { crashPoint, type Id } from '@tally/kernel';
import { settled, stockLevelChanged } from '../domain/messages.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';

export interface ReleaseStock {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
  readonly reason: string;
}

/** Gives back what an order holds or bought. Safe before, during and after the reservation, and twice. */
export function createReleaseStock({ transact, telemetry }: { readonly transact: Transact; readonly telemetry: Telemetry }) {
  return async function releaseStock({ eventId, orderId, commandId, reason }: ReleaseStock): Promise<void> {
    const released = await transact(async ({ inbox, stock, outbox }) => {
      if (!(await inbox.firstSight(eventId))) return false;
      const { claim, changed } = await stock.release(orderId, reason);
      await outbox.append(settled('StockReleased', { orderId, commandId, sequence: claim.sequence }), ...changed.map(stockLevelChanged));
      return changed.length > 0;
    });
    crashPoint('release-stock.commit.after');
    if (released) telemetry.stockReleased(orderId, reason);
  };
}
