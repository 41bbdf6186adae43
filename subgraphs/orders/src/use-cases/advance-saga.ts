import { crashPoint, type Id } from '@tally/kernel';
import { advance, type Deadlines } from '../domain/saga.ts';
import { ImpossibleReplyError, type Reply } from '../domain/saga-replies.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { Transact } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { carryOut, tell } from './carry-out.ts';

/** No order of events explains the reply: its key is to be parked. */
export { ImpossibleReplyError };

/** A reply or fact as it came in. */
export interface Received {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly reply: Reply;
}

/**
 * @throws {ImpossibleReplyError} from the use case: no order of events explains the reply. Not retryable.
 */
export function createAdvanceSaga(deps: {
  readonly transact: Transact;
  readonly settlements: Settlements;
  readonly deadlines: Deadlines;
  readonly telemetry: Telemetry;
}) {
  const { transact, deadlines, telemetry } = deps;
  return async function advanceSaga({ eventId, orderId, reply }: Received): Promise<void> {
    // One transaction: the reply is remembered, the saga moved, the order told of and the next commands queued, or none of it.
    const done = await transact(async (unit) => {
      if (!(await unit.inbox.firstSight(eventId))) return null;
      const state = await unit.sagas.load(orderId);
      if (state === null) throw new ImpossibleReplyError(`${reply.type} for an order that does not exist: ${orderId}`);
      const next = advance(state.saga, reply, state.now, deadlines);
      await carryOut(unit, state, next, { commandId: reply.data.commandId, type: reply.type });
      crashPoint('saga.advance.before');
      return { state, next };
    });
    crashPoint('saga.advance.after');
    if (done === null) return;
    telemetry.sagaReplied(orderId, reply.type, done.next.verdict);
    tell(deps, done.state, done.next);
  };
}
