import { crashPoint, type Id } from '@tally/kernel';
import { settled, stockLevelChanged } from '../domain/messages.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';

export interface CommitStock {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
}

/** A command that no run of the saga sends: selling what was never reserved. Not retryable: the order's key is parked for a person to look at. */
export class ImpossibleCommandError extends Error {
  override readonly name = 'ImpossibleCommandError';
  readonly retryable = false;
}

/** Sells what an order holds. @throws {ImpossibleCommandError} it holds nothing: no run of the saga sends that. */
export function createCommitStock({ transact, telemetry }: { readonly transact: Transact; readonly telemetry: Telemetry }) {
  return async function commitStock({ eventId, orderId, commandId }: CommitStock): Promise<void> {
    const committed = await transact(async ({ inbox, stock, outbox }) => {
      if (!(await inbox.firstSight(eventId))) return false;
      const after = await stock.commit(orderId);
      if (after?.claim.state !== 'COMMITTED')
        throw new ImpossibleCommandError(`CommitStock of ${orderId}, whose claim is ${after?.claim.state ?? 'missing'}`);
      const { claim, changed } = after;
      await outbox.append(settled('StockCommitted', { orderId, commandId, sequence: claim.sequence }), ...changed.map(stockLevelChanged));
      return changed.length > 0;
    });
    crashPoint('commit-stock.commit.after');
    if (committed) telemetry.stockCommitted(orderId);
  };
}
