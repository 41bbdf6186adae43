import { setTimeout as pause } from 'node:timers/promises';
import { seconds, type Stage } from './stage.ts';

const settlePatienceMs = 90_000;
const subgraphs = ['products', 'orders', 'payments', 'users', 'notifications'] as const;

/**
 * Takes Kafka away while buyers go on, and brings it back.
 *
 * @param how by SIGTERM, or by SIGKILL.
 * @returns milliseconds from its first answer until every order that was accepted without it had ended, and every event of that time was out.
 */
export async function kafkaAway(stage: Stage, how: 'stopped' | 'killed'): Promise<number | null> {
  const { system, timeline, pace, say, fail } = stage;
  timeline.enter(`kafka ${how}`);
  const before = performance.now();
  await (how === 'stopped' ? system.kafka.stop() : system.kafka.kill());
  say(`Kafka is ${how} (took ${seconds(performance.now() - before)})`);
  await pause(pace.kafkaAwayMs);
  const waiting = await under(stage, new Date());
  const startedAt = performance.now();
  await system.kafka.start();
  const until = new Date();
  const answersAt = performance.now();
  say(`Kafka answers again after ${seconds(answersAt - startedAt)}, ${String(waiting)} orders and events wait for it`);
  if (waiting === 0) fail(`kafka ${how}: nothing waited for it`);
  for (;;) {
    const left = await under(stage, until);
    const tookMs = performance.now() - answersAt;
    if (left === 0 || tookMs > settlePatienceMs) timeline.catchUps.push({ from: answersAt, until: performance.now() });
    if (left === 0) {
      say(`what was accepted without it has settled in ${seconds(tookMs)}`);
      await pause(pace.breathMs);
      return tookMs;
    }
    if (tookMs > settlePatienceMs) {
      fail(`kafka ${how}: ${String(left)} orders and events of the outage are not settled ${seconds(tookMs)} after it is back`);
      return null;
    }
    await pause(100);
  }
}

/** Orders that have not ended and events that are not out, of those that are older than a moment. */
async function under({ sql }: Stage, moment: Date): Promise<number> {
  const unsent = subgraphs
    .map((name) => `(SELECT count(*) FROM ${name}.outbox WHERE published_at IS NULL AND created_at < $1)`)
    .join(' + ');
  return await sql.number(
    `SELECT ${unsent} + (SELECT count(*) FROM orders.saga s JOIN orders.orders o ON o.id = s.order_id WHERE s.step <> 'ENDED' AND o.placed_at < $1)`,
    [moment],
  );
}
