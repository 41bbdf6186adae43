import { setTimeout as pause } from 'node:timers/promises';

/** One arrival of an open load, however it ended. */
export interface Arrival<Result> {
  /** When it was due, in milliseconds of `Date.now()`: a client that comes late has waited. */
  readonly dueAt: number;
  /** From due to answered, in milliseconds. */
  readonly latencyMs: number;
  readonly result: Result;
}

export interface OpenLoad {
  /** Arrivals per second, exponentially spread (a Poisson process). */
  readonly perSecond: number;
  readonly durationMs: number;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Asked before each arrival: `true` ends the load early, for there is no use in going on. */
  readonly hopeless?: (arrivals: { readonly sent: number; readonly answered: number }) => boolean;
}

/**
 * Sends requests when they are due, whatever became of those before them, and waits for all answers. Latency counts from when a request was due, so that a
 * server that stalls is charged for everybody who came meanwhile (coordinated omission: G. Tene, "How NOT to Measure Latency", 2013).
 *
 * @throws what `send` threw first, once nothing is under way any more.
 */
export async function openLoop<Result>(
  { perSecond, durationMs, random, hopeless = () => false }: OpenLoad,
  send: () => Promise<Result>,
): Promise<{ readonly arrivals: readonly Arrival<Result>[]; readonly endedEarly: boolean }> {
  const arrivals: Arrival<Result>[] = [];
  const open = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const beganAt = performance.now();
  const epoch = Date.now() - beganAt;
  let sent = 0;
  let endedEarly = false;

  const begin = (dueAt: number): void => {
    const coming: Promise<void> = send()
      .then(
        (result) => void arrivals.push({ dueAt: epoch + dueAt, latencyMs: performance.now() - dueAt, result }),
        (error: unknown) => void failures.push(error),
      )
      .finally(() => open.delete(coming));
    open.add(coming);
  };
  for (let dueAt = beganAt; ;) {
    dueAt += (-Math.log(1 - random()) * 1000) / perSecond;
    if (dueAt > beganAt + durationMs || failures.length > 0) break;
    const waitMs = dueAt - performance.now();
    // Timers are no finer than a millisecond; who is late is sent at once, and its latency says so.
    if (waitMs > 0) await pause(waitMs);
    if (hopeless({ sent, answered: arrivals.length })) {
      endedEarly = true;
      break;
    }
    sent++;
    begin(dueAt);
  }
  await Promise.all(open);
  if (failures.length > 0) throw failures[0];
  return { arrivals, endedEarly };
}
