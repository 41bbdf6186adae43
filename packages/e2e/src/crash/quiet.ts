import { setTimeout as pause } from 'node:timers/promises';
import { unknown, type History } from '../harness/history.ts';
import type { Witness } from '../harness/witness.ts';
import type { Parking } from './parking.ts';
import type { Recovery } from './recovery.ts';

/** Within which the orders that were under way at a kill must have ended, whoever else was killed meanwhile. */
export const recoveryBoundMs = 150_000;
const quietPatienceMs = 60_000;

/** Waits until every kill has been recovered from; what never is, the verdict tells. */
export async function healWithin({ kills }: Recovery): Promise<void> {
  const open = (): boolean =>
    kills.some(({ at, recoveredMs, readyMs }) => (recoveredMs === null || readyMs === null) && performance.now() - at < recoveryBoundMs);
  while (open()) await pause(200);
}

/**
 * Waits until every client knows its orders, nothing is parked, no order is under way and every event has been seen.
 *
 * @returns milliseconds that it took; `null`: it did not come about in a minute.
 */
export async function quietWithin(witness: Witness, history: History, parking: Parking, ask: () => Promise<void>): Promise<number | null> {
  const startedAt = performance.now();
  const left = (): number => quietPatienceMs - (performance.now() - startedAt);
  while (left() > 0) {
    if (unknown(history).length > 0) await ask();
    else if (await parking.isParked()) await parking.mend();
    else if ((await witness.ordersUnderWay()) === 0 && (await witness.untilQuiet(history, Math.max(1, left()))))
      return performance.now() - startedAt;
    await pause(250);
  }
  return null;
}
