import { makeOrderUnits } from '../control/order-units.ts';
import { runControl, type ControlResult } from '../control/run-control.ts';
import { sampleOrder } from '../control/sample-order.ts';
import { readTables, readWrites, writesPerOrder } from '../control/tables.ts';
import { openStatementLog } from '../measure/statement-log.ts';
import { countControl } from '../measure/statements.ts';
import type { MeasuredPlatform } from '../platform.ts';
import { untilQuiet, watchIdle, type Idle } from '../quiet.ts';
import { createProgress, say } from '../report/progress.ts';
import { playRound, type Round } from './round.ts';
import { placeOrder, type Shop } from './shop.ts';

/** What must be known before anything is measured. */
export interface Calibration {
  readonly idle: Idle;
  /** BEGIN and COMMIT per order, by role. */
  readonly transactionControl: ReadonlyMap<string, number>;
  /** Writes the rows of another slice of orders as plain SQL, one after the other unless told otherwise; there are as many slices as were asked for. */
  playControl(clients?: number): Promise<ControlResult>;
}

const loggedOrders = 20;
const warmUpOrders = 200;

/** How the control is cut. */
export interface Slices {
  readonly count: number;
  /** Measured orders of each. */
  readonly orders: number;
}

/** Warms the platform up and finds out which rows an order writes, how many transactions it takes, and what the idle platform costs. */
export async function calibrate(platform: MeasuredPlatform, shop: Shop, round: Round, slices: Slices): Promise<Calibration> {
  say('watching the idle platform');
  await watchIdle(platform);
  const before = await readWrites(platform.sql);
  await playRound(platform, shop, round, createProgress(round.title, round.orders));
  const tables = await readTables(platform.sql);
  const sample = await sampleOrder(platform.adminUrl, tables, async () => {
    await placeOrder(shop, round.lines, round.wait);
    await untilQuiet(platform);
  });
  const transactionControl = await countTransactionControl(platform, shop, round);
  say('watching the idle platform again');
  const idle = await watchIdle(platform);
  const writes = writesPerOrder(before, await readWrites(platform.sql), round.orders + 1 + loggedOrders);
  const perSlice = warmUpOrders + slices.orders;
  const units = await makeOrderUnits(platform.sql, tables, sample, writes, slices.count * perSlice);
  let next = 0;
  return {
    idle,
    transactionControl,
    playControl(clients = 1) {
      say('the same row writes as plain SQL');
      const own = units.slice(next, (next += perSlice));
      return runControl(
        { databaseUrl: platform.adminUrl, clients, warmUp: warmUpOrders, runs: slices.orders, units: own },
        platform.postmaster,
        idle,
      );
    },
  };
}

/** BEGIN and COMMIT per order by role, from the server's log of a few orders. */
async function countTransactionControl(
  platform: MeasuredPlatform,
  shop: Shop,
  { lines, wait }: Round,
): Promise<ReadonlyMap<string, number>> {
  await using log = await openStatementLog(platform.sql, platform.postmaster);
  const logged = await log.during(async () => {
    for (let order = 0; order < loggedOrders; order++) await placeOrder(shop, lines, wait);
    await untilQuiet(platform);
  });
  return new Map([...countControl(logged)].map(([role, calls]) => [role, calls / loggedOrders]));
}
