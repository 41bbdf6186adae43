import { setTimeout as pause } from 'node:timers/promises';
import type { MeasuredPlatform } from './platform.ts';
import { cpuBetween, type CpuTimes } from './measure/cpu.ts';
import { readStatements, statementsBetween, type StatementCount } from './measure/statements.ts';

const outboxes = ['products', 'orders', 'payments', 'users', 'notifications']
  .map((schema) => `(SELECT count(*) FROM ${schema}.outbox WHERE published_at IS NULL)`)
  .join(' + ');
const openWork = `SELECT ${outboxes} + (SELECT count(*) FROM orders.saga WHERE step <> 'ENDED')`;
const lookEveryMs = 200;

/**
 * Waits until every order has ended its saga and every event is out.
 *
 * @throws {Error} it takes longer than the patience.
 */
export async function untilQuiet({ sql }: MeasuredPlatform, patienceMs = 120_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const open = await sql.number(openWork);
    if (open === 0) return;
    if (performance.now() > deadline)
      throw new Error(`${String(open)} orders and events are still under way after ${String(patienceMs / 1000)} s`);
    await pause(lookEveryMs);
  }
}

/** What a platform that nobody uses does in a second. */
export interface Idle {
  readonly cpuMs: CpuTimes;
  readonly statements: number;
  readonly texts: ReadonlySet<string>;
}

/** Watches a quiet platform. It lasts longer than sessions take to hand their statistics over (10 s), so that these are complete afterwards. */
export async function watchIdle(platform: MeasuredPlatform, seconds = 12): Promise<Idle> {
  const [cpuBefore, before] = [await platform.cpu(), await readStatements(platform.sql)];
  await pause(seconds * 1000);
  const spent = cpuBetween(cpuBefore, await platform.cpu());
  const sent: readonly StatementCount[] = statementsBetween(before, await readStatements(platform.sql));
  return {
    cpuMs: { process: spent.process / seconds, postgres: spent.postgres / seconds },
    statements: sent.reduce((sum, { calls }) => sum + calls, 0) / seconds,
    texts: new Set(sent.map(({ text }) => text)),
  };
}

export const idleLine = ({ cpuMs, statements }: Idle): string =>
  `idle, per second: ${cpuMs.process.toFixed(1)} CPU-ms process, ${cpuMs.postgres.toFixed(1)} PostgreSQL, ${statements.toFixed(1)} statements`;
