import { parseId, toUuid } from '@tally/kernel';
import { cpuBetween, type CpuTimes } from '../measure/cpu.ts';
import { quantilesOf, type Quantiles } from '../measure/latencies.ts';
import { openLoop } from '../measure/open-load.ts';
import { readStatements, statementsBetween, totalCalls } from '../measure/statements.ts';
import type { MeasuredPlatform } from '../platform.ts';
import { untilQuiet } from '../quiet.ts';
import type { Probe } from './highest-rate.ts';
import { placeOrder, type Shop } from './shop.ts';

/** What is promised of an order, p95 in milliseconds from when its buyer was due. */
export const promised = { acceptedMs: 100, settledMs: 500 } as const;

/** Orders that came at one rate, whatever became of those before them. */
export interface OpenRound extends Probe {
  readonly orders: number;
  /** From due to the answer ACCEPTED. */
  readonly accepted: Quantiles;
  /** From due to PROCESSING: money taken, stock sold. */
  readonly settled: Quantiles;
  /** Per order, until all is quiet. */
  readonly cpuMs: CpuTimes;
  /** Per order, without BEGIN and COMMIT. */
  readonly statements: number;
}

const processedAt = `SELECT order_id::text AS id, (extract(epoch FROM occurred_at) * 1000)::float8 AS at FROM orders.order_event
WHERE status = 'PROCESSING' AND order_id = ANY($1::uuid[])`;
/** With so many unanswered, a minute of waiting would only say the same. */
const hopelessSeconds = 4;
const lines = 3;

/**
 * Lets buyers come at one rate and waits until all their orders are PROCESSING.
 *
 * @throws {Error} an order was refused or ended otherwise.
 */
export async function playOpenRound(platform: MeasuredPlatform, shop: Shop, perSecond: number, durationMs: number): Promise<OpenRound> {
  const [cpuBefore, statementsBefore] = [await platform.cpu(), await readStatements(platform.sql)];
  const { arrivals, endedEarly } = await openLoop(
    {
      perSecond,
      durationMs,
      random: () => shop.random.next(),
      hopeless: ({ sent, answered }) => sent - answered > perSecond * hopelessSeconds,
    },
    () => placeOrder(shop, lines, 'ACCEPTED'),
  );
  await untilQuiet(platform);
  const spent = cpuBetween(cpuBefore, await platform.cpu());
  const calls = totalCalls(statementsBetween(statementsBefore, await readStatements(platform.sql)));

  const dueAt = new Map(arrivals.map(({ dueAt: due, result }) => [uuidOf(result.orderId), due]));
  const processed = await platform.sql.rows(processedAt, [[...dueAt.keys()]]);
  if (processed.length !== arrivals.length)
    throw new Error(`${String(arrivals.length - processed.length)} of ${String(arrivals.length)} orders never came to PROCESSING`);
  const accepted = quantilesOf(arrivals.map(({ latencyMs }) => latencyMs));
  const settled = quantilesOf(processed.map(({ id, at }) => Number(at) - (dueAt.get(String(id)) ?? Number.NaN)));
  const orders = arrivals.length;
  return {
    perSecond,
    orders,
    accepted,
    settled,
    held: !endedEarly && accepted.p95 < promised.acceptedMs && settled.p95 < promised.settledMs,
    cpuMs: { process: spent.process / orders, postgres: spent.postgres / orders },
    statements: calls / orders,
  };
}

function uuidOf(orderId: string): string {
  const id = parseId('ord', orderId);
  if (id === null) throw new TypeError(`no order id: ${orderId}`);
  return toUuid(id);
}
