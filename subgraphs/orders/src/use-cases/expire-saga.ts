import { crashPoint, type Id } from '@tally/kernel';
import { expire } from '../domain/saga.ts';
import type { DueSagas } from '../ports/sagas-store.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { Transact } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { carryOut, tell } from './carry-out.ts';

const batch = 50;

/**
 * Gives up sagas whose step has run out of time: each in its own transaction, so that one that fails holds nobody up. Several processes may sweep at
 * once; a saga that one has taken is passed over by the others.
 */
export function createExpireSagas(deps: {
  readonly transact: Transact;
  readonly due: DueSagas;
  readonly settlements: Settlements;
  readonly telemetry: Telemetry;
}) {
  const { transact, due, telemetry } = deps;

  async function expireOne(orderId: Id<'ord'>): Promise<void> {
    const done = await transact(async (unit) => {
      if (!(await unit.sagas.takeDue(orderId))) return null;
      const state = await unit.sagas.load(orderId);
      const next = state === null ? null : expire(state.saga, state.now);
      if (state === null || next === null) return null;
      // What a timer does belongs to the trace of the checkout.
      await telemetry.inTrace(state.traceparent, () => carryOut(unit, state, next, null));
      return { state, next };
    });
    crashPoint('saga.sweep.after');
    if (done === null) return;
    telemetry.sagaExpired(orderId, done.state.saga.step);
    tell(deps, done.state, done.next);
  }

  /** @returns how many were due. */
  return async function expireSagas(): Promise<number> {
    const ids = await due.list(batch);
    for (const orderId of ids) {
      try {
        await expireOne(orderId);
      } catch (error) {
        telemetry.sweepFailed(orderId, error);
        await due.postpone(orderId, 'its deadline could not be acted on');
      }
    }
    return ids.length;
  };
}
