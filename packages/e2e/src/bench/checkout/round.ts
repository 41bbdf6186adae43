import { parseId, toUuid } from '@tally/kernel';
import { cpuBetween, type CpuTimes } from '../measure/cpu.ts';
import { quantilesOf, type Quantiles } from '../measure/latencies.ts';
import { closedLoop } from '../measure/load.ts';
import { readStatements, statementsBetween, type StatementCount } from '../measure/statements.ts';
import type { MeasuredPlatform } from '../platform.ts';
import { untilQuiet } from '../quiet.ts';
import { placeOrder, type Shop } from './shop.ts';

/** A row of the table: so many orders of one kind. */
export interface Round {
  readonly title: string;
  readonly wait: 'ACCEPTED' | 'SETTLED';
  readonly lines: number;
  readonly orders: number;
  readonly clients: number;
}

/** What a round came to. CPU and statements include everything until the last order has ended and its events are out. */
export interface RoundResult {
  readonly round: Round;
  readonly answers: Quantiles;
  /** From placed to PROCESSING, by the database's clock. */
  readonly settling: Quantiles;
  /** Share of the answers that said how the order ended. */
  readonly settledInAnswer: number;
  /** From the first request until all is quiet. */
  readonly ordersPerSecond: number;
  readonly cpuMs: CpuTimes;
  /** Without BEGIN and COMMIT. */
  readonly statements: readonly StatementCount[];
}

const settlingTimes = `SELECT (extract(epoch FROM processing.occurred_at - orders.placed_at) * 1000)::float8 AS ms FROM orders.orders
JOIN orders.order_event AS processing ON processing.order_id = orders.id AND processing.status = 'PROCESSING' WHERE orders.id = ANY($1::uuid[])`;

/** Places the orders of a round and waits until all of them are PROCESSING. @throws {Error} one was refused or ended otherwise. */
export async function playRound(
  platform: MeasuredPlatform,
  shop: Shop,
  round: Round,
  onProgress: (done: number) => void,
): Promise<RoundResult> {
  const placed: string[] = [];
  let settled = 0;
  const [cpuBefore, statementsBefore] = [await platform.cpu(), await readStatements(platform.sql)];
  const startedAt = performance.now();
  const { latenciesMs } = await closedLoop({ requests: round.orders, clients: round.clients, onProgress }, async () => {
    const { orderId, settled: known } = await placeOrder(shop, round.lines, round.wait);
    placed.push(orderId);
    if (known) settled++;
  });
  await untilQuiet(platform);
  const elapsedMs = performance.now() - startedAt;
  const spent = cpuBetween(cpuBefore, await platform.cpu());
  const statements = statementsBetween(statementsBefore, await readStatements(platform.sql));
  const uuids = placed.flatMap((id) => parseId('ord', id) ?? []).map(toUuid);
  const settling = (await platform.sql.rows(settlingTimes, [uuids])).map(({ ms }) => Number(ms));
  if (settling.length !== round.orders)
    throw new Error(`${String(round.orders - settling.length)} of ${String(round.orders)} orders never came to PROCESSING`);
  return {
    round,
    answers: quantilesOf(latenciesMs),
    settling: quantilesOf(settling),
    settledInAnswer: settled / round.orders,
    ordersPerSecond: (round.orders / elapsedMs) * 1000,
    cpuMs: { process: spent.process / round.orders, postgres: spent.postgres / round.orders },
    statements,
  };
}
