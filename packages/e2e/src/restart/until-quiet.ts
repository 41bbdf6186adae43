import { setTimeout as pause } from 'node:timers/promises';
import type { History } from '../harness/history.ts';
import type { Witness } from '../harness/witness.ts';
import type { Stage } from './stage.ts';

const patienceMs = 60_000;

/**
 * Waits until nobody comes any more, no order is under way, every event has been handled, and every subscriber has seen what the tables hold.
 *
 * @returns milliseconds that it took, or what was still missing when patience ran out.
 */
export async function untilQuiet(
  { system, audience, sql }: Stage,
  witness: Witness,
  history: History,
): Promise<{ readonly tookMs: number; readonly missing: readonly string[] }> {
  const startedAt = performance.now();
  const left = (): number => Math.max(0, patienceMs - (performance.now() - startedAt));
  for (;;) {
    const missing = [...(await system.apps.caughtUp(left())), ...(await audience.missing(sql))];
    const underWay = await witness.ordersUnderWay();
    if (underWay > 0) missing.push(`${String(underWay)} orders are under way`);
    // The audit reads all of the log, so it comes last.
    if (missing.length === 0 && (await witness.untilQuiet(history, Math.max(1, left()))))
      return { tookMs: performance.now() - startedAt, missing };
    if (left() === 0) return { tookMs: performance.now() - startedAt, missing: missing.length > 0 ? missing : ['the audit'] };
    await pause(250);
  }
}
