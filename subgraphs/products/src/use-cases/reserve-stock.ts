import { crashPoint, type Id } from '@tally/kernel';
import { reserveAnswered, stockLevelChanged } from '../domain/messages.ts';
import { replyToReserve } from '../domain/stock-claim.ts';
import { sumLines, type StockLine } from '../domain/stock.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';

export interface ReserveStock {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
  readonly lines: readonly StockLine[];
}

/** Holds all lines of an order or none, and says which; every short line is named. */
export function createReserveStock({ transact, telemetry }: { readonly transact: Transact; readonly telemetry: Telemetry }) {
  return async function reserveStock({ eventId, orderId, commandId, lines }: ReserveStock): Promise<void> {
    const claim = await transact(async ({ inbox, stock, outbox }) => {
      if (!(await inbox.firstSight(eventId))) return null;
      const { claim, changed } = await stock.reserve(orderId, sumLines(lines));
      const reply = reserveAnswered({ orderId, commandId, sequence: claim.sequence }, replyToReserve(claim));
      await outbox.append(reply, ...changed.map(stockLevelChanged));
      crashPoint('reserve-stock.commit.before');
      return claim;
    });
    crashPoint('reserve-stock.commit.after');
    if (claim !== null) telemetry.stockAnswered(orderId, claim.state, claim.reason);
  };
}
