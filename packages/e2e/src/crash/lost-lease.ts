import { sumOf } from '@tally/distributed';
import { toUuid, type Id } from '@tally/kernel';
import { eventually, openSql } from '@tally/testkit';
import type { Purchase } from '../harness/history.ts';
import type { System } from '../harness/system.ts';
import { buy, type Shop } from '../harness/workload.ts';
import type { Orchestrator } from './orchestrator.ts';

/** What became of a worker that was stopped past its lease. */
export interface LostLease {
  /** Results that its fence refused when it went on. */
  readonly refused: number;
  /** From SIGSTOP to SIGCONT, in milliseconds. */
  readonly stoppedMs: number;
}

const rounds = 3;
const slowOrders = 6;
const takenOverWithinMs = 75_000;
const refusedWithinMs = 20_000;
const metric = 'payment_leases_lost_total';

/**
 * Stops one payments worker by SIGSTOP in the middle of calls to the provider, lets its leases run out and another worker take over, and lets it go on: whatever
 * it then brings home must be refused by the fence.
 *
 * @throws {Error} nobody took over, or nothing was refused.
 */
export async function outliveLease(system: System, shop: Shop, orchestrator: Orchestrator): Promise<LostLease> {
  const workers = system.processes.filter(({ apps, roles }) => apps.includes('payments') && roles.includes('worker'));
  const [stopped] = workers;
  if (stopped === undefined || workers.length < 2) throw new RangeError('there is no other worker of payments');
  return await orchestrator.alone(
    workers.map(({ name }) => name),
    async () => {
      for (let round = 1; ; round++) {
        const lost = await once(system, shop, stopped);
        if (lost.refused > 0) return lost;
        if (round === rounds) throw new Error(`${stopped.name} went on after ${String(rounds)} lost leases, and nothing was refused`);
      }
    },
  );
}

async function once(
  system: System,
  shop: Shop,
  { name, metricsUrl }: { readonly name: string; readonly metricsUrl: string | null },
): Promise<LostLease> {
  const pid = system.pidOf(name);
  if (pid === undefined || metricsUrl === null) throw new Error(`${name} does not run`);
  await using sql = await openSql((await system.urls()).auditor);
  const refusals = async (): Promise<number> => sumOf(await (await fetch(metricsUrl)).text(), metric);
  const before = await refusals();
  const bought = await Promise.all(Array.from({ length: slowOrders }, () => buy(shop, 'tok_slow_3s', 'wait')));
  const isHeld = async (): Promise<boolean> =>
    (await sql.number(
      `SELECT count(*) FROM payments.payment_attempt a JOIN payments.payment p ON p.id = a.payment_id
      WHERE a.outcome = 'STARTED' AND a.at > now() - interval '2 seconds' AND p.order_id::text = ANY ($1)`,
      [idsOf(bought)],
    )) >=
    slowOrders / 2;
  await eventually(isHeld, { timeoutMs: 10_000 }).catch(() => undefined);
  const stoppedAt = performance.now();
  process.kill(pid, 'SIGSTOP');
  try {
    // Its fence has moved on: somebody else holds what it held, or has brought it to its end.
    const left = () =>
      sql.number(
        `SELECT count(*) FROM payments.payment_attempt a JOIN payments.payment p ON p.id = a.payment_id
        WHERE a.outcome = 'STARTED' AND p.order_id::text = ANY ($1)`,
        [idsOf(bought)],
      );
    await eventually(async () => (await left()) === 0, { timeoutMs: takenOverWithinMs });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const stoppedMs = performance.now() - stoppedAt;
  const isRefused = async (): Promise<boolean> => (await refusals()) > before;
  await eventually(isRefused, { timeoutMs: refusedWithinMs }).catch(() => undefined);
  return { refused: (await refusals()) - before, stoppedMs };
}

/** Orders as the database spells them. */
const idsOf = (bought: readonly Purchase[]): readonly string[] =>
  bought.flatMap(({ orderId }) => (orderId === null ? [] : [toUuid(orderId as Id<'ord'>)]));
