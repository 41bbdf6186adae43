import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/**
 * Waits until a condition holds, and says what was still wrong when it does not.
 *
 * @param probe asked again and again, 5 to 50 ms apart; the condition holds when it neither throws nor gives `false`. Assertions belong in it.
 * @param options.timeoutMs patience in milliseconds, default 5,000.
 * @returns what the last call gave.
 * @throws {Error} with the last failure in its message and as `cause`.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<Exclude<T, false>> {
  const called = new Error(); // the line of the test, which the stack of a timer would not show
  const started = performance.now();
  let pause = FIRST_PAUSE_MS;
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(probe);
    if (outcome.held) return outcome.value;
    if (performance.now() - started + pause > timeoutMs) {
      const failure = new Error(`not within ${String(timeoutMs)} ms (asked ${String(tries)} times): ${describe(outcome.failure)}`, {
        cause: outcome.failure,
      });
      failure.stack = `${failure.name}: ${failure.message}\n${(called.stack ?? '').split('\n').slice(1).join('\n')}`;
      throw failure;
    }
    await sleep(pause);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}

type Attempt<T> = { readonly held: true; readonly value: Exclude<T, false> } | { readonly held: false; readonly failure: unknown };

async function attempt<T>(probe: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    const value = await probe();
    return value === false
      ? { held: false, failure: new Error('the condition gave false') }
      : { held: true, value: value as Exclude<T, false> };
  } catch (failure) {
    return { held: false, failure };
  }
}

function describe(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
