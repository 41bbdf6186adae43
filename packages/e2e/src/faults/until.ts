import { setTimeout as pause } from 'node:timers/promises';
import { seconds, type Stage } from './stage.ts';

const everyMs = 100;

/**
 * Waits for a condition; one that throws does not hold yet.
 *
 * @returns milliseconds that it took; `null`: patience ended.
 */
export async function until(holds: () => Promise<boolean> | boolean, patienceMs: number): Promise<number | null> {
  const startedAt = performance.now();
  for (;;) {
    const holding = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    const tookMs = performance.now() - startedAt;
    if (holding) return tookMs;
    if (tookMs > patienceMs) return null;
    await pause(everyMs);
  }
}

/** Waits as `until`, and takes it down as a fault where it does not come about, else as what is worth telling. */
export async function mustCome(stage: Stage, what: string, patienceMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const tookMs = await until(holds, patienceMs);
  if (tookMs === null) stage.fail(`${stage.traffic.phase}: not within ${seconds(patienceMs)}: ${what}`);
  else stage.note(`${stage.traffic.phase}: ${what} after ${seconds(tookMs)}`);
}

const servedInARow = 5;

/** So many checkouts that came from now on, one after the other, have been accepted. */
export function servedAgain({ traffic }: Stage): () => boolean {
  const from = traffic.visits.length;
  return () => {
    const last = traffic.visits
      .slice(from)
      .filter(({ route }) => route === 'checkout')
      .slice(-servedInARow);
    return last.length === servedInARow && last.every(({ failure }) => failure === null);
  };
}

const subgraphs = ['products', 'orders', 'payments', 'users', 'notifications'] as const;

/** Whether every event that was written before a moment is out, and every order that was placed before it has ended. */
export async function settledBefore({ sql }: Stage, moment: Date): Promise<boolean> {
  const unsent = subgraphs
    .map((name) => `(SELECT count(*) FROM ${name}.outbox WHERE published_at IS NULL AND created_at < $1)`)
    .join(' + ');
  const left = await sql.number(
    `SELECT ${unsent} + (SELECT count(*) FROM orders.saga s JOIN orders.orders o ON o.id = s.order_id WHERE s.step <> 'ENDED' AND o.placed_at < $1)`,
    [moment],
  );
  return left === 0;
}
