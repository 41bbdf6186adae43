import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queryable } from '../store/database.ts';
import { takeDue, untilNextDue, type LateOperation } from '../store/late-operations.ts';

/** Does late operations when they are due. */
export interface LateRunner extends AsyncDisposable {
  /** Tells it that one was added. */
  wake(): void;
}

const idleMs = 60_000;
const retryMs = 1_000;

/**
 * Starts doing late operations, those left over from an earlier process first. Taking one and doing it are one transaction, so a death in between
 * loses nothing and does nothing twice. Disposal ends the one under way and leaves the rest to the next start.
 */
export function startLateRunner(
  db: Database,
  act: (tx: Queryable, late: LateOperation) => Promise<unknown>,
  onError: (error: unknown) => void,
): LateRunner {
  const stop = new AbortController();
  let alarm = new AbortController();

  async function doDue(): Promise<boolean> {
    return db.transact(async (tx) => {
      const late = await takeDue(tx);
      if (late !== null) await act(tx, late);
      return late !== null;
    });
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      // Armed before looking: what is added after the look wakes the sleep.
      alarm = new AbortController();
      const pauseMs = await next().catch((error: unknown) => {
        onError(error);
        return retryMs;
      });
      await sleep(pauseMs, undefined, { signal: AbortSignal.any([stop.signal, alarm.signal]) }).catch(() => undefined);
    }
  }

  async function next(): Promise<number> {
    while (!stop.signal.aborted && (await doDue()));
    return Math.min((await untilNextDue(db)) ?? idleMs, idleMs);
  }

  const running = run();
  return {
    wake: () => alarm.abort(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
