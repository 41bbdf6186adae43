// npm run bench:checkout -- [--check]: what an order costs, through the gateway, beside the same row writes as plain SQL.
import { createGraph } from '../client/graph.ts';
import { createRandom } from '../resume/random.ts';
import { openTokens } from '../resume/shoppers.ts';
import { audited } from './audited.ts';
import { brokenPromises, checkoutFigures, checkoutTable, statementTable } from './checkout/figures.ts';
import { playRound, type Round, type RoundResult } from './checkout/round.ts';
import { openShop, placeOrder, type Shop } from './checkout/shop.ts';
import { makeOrderUnits } from './control/order-units.ts';
import { runControl } from './control/run-control.ts';
import { sampleOrder } from './control/sample-order.ts';
import { readTables, readWrites, writesPerOrder } from './control/tables.ts';
import { openStatementLog } from './measure/statement-log.ts';
import { countControl } from './measure/statements.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { onMeasuredPlatform, type MeasuredPlatform } from './platform.ts';
import { profiled } from './profile.ts';
import { idleLine, untilQuiet, watchIdle } from './quiet.ts';
import { createProgress, say } from './report/progress.ts';
import { profileTables, frequentStatements } from './report/where-it-goes.ts';
import { conclude } from './report/verdict.ts';

const clientsAtOnce = 16;
/** Enough that hardly two orders under way are of one buyer, as in a shop. */
const buyers = 300;
const loggedOrders = 20;
const ceilings = new URL('./checkout.json', import.meta.url);

const options = readOptions(
  'bench:checkout',
  'Starts the platform in one process on durable PostgreSQL, places orders of three lines through its gateway, one by one and 16 at a time, waits until all\nare PROCESSING, audits, and writes the same rows as plain SQL for comparison. Takes about three minutes.',
);
if (options !== null) {
  say('starting the platform on a fresh folder');
  await onMeasuredPlatform({ inspect: options.profile }, (platform) => bench(platform, options));
}

async function bench(platform: MeasuredPlatform, wanted: BenchOptions): Promise<void> {
  const count = (orders: number): number => Math.max(clientsAtOnce, Math.round(orders * wanted.scale));
  const rounds: readonly Round[] = [
    { title: 'ACCEPTED, one by one', wait: 'ACCEPTED', lines: 3, orders: count(200), clients: 1 },
    { title: 'SETTLED, one by one', wait: 'SETTLED', lines: 3, orders: count(200), clients: 1 },
    { title: 'ACCEPTED, 16 at once', wait: 'ACCEPTED', lines: 3, orders: count(1_000), clients: clientsAtOnce },
    { title: 'SETTLED, 16 at once', wait: 'SETTLED', lines: 3, orders: count(1_000), clients: clientsAtOnce },
    { title: 'SETTLED, 16 at once, 1 line', wait: 'SETTLED', lines: 1, orders: count(1_000), clients: clientsAtOnce },
  ];
  await using graph = createGraph(platform.url);
  const shop = await openShop(graph, await openTokens(platform.dataDir), createRandom(20261121), buyers);
  const warmUp: Round = { title: 'warming up', wait: 'SETTLED', lines: 3, orders: count(200), clients: clientsAtOnce };
  await playRound(platform, shop, warmUp, createProgress(warmUp.title, warmUp.orders));

  const tables = await readTables(platform.sql);
  const sample = await sampleOrder(platform.adminUrl, tables, async () => {
    await placeOrder(shop, 3, 'SETTLED');
    await untilQuiet(platform);
  });
  const transactionControl = await countTransactionControl(platform, shop);
  say('watching the idle platform');
  const idle = await watchIdle(platform);

  const results: RoundResult[] = [];
  const writesBefore = await readWrites(platform.sql);
  let writesAfter = writesBefore;
  for (const round of rounds) {
    const play = (): Promise<RoundResult> => playRound(platform, shop, round, createProgress(round.title, round.orders));
    if (round.lines === 1) {
      say('waiting for the statistics of the orders of three lines');
      await watchIdle(platform);
      writesAfter = await readWrites(platform.sql);
    }
    if (platform.inspectorUrl === null) results.push(await play());
    else {
      const { value, profile } = await profiled(platform.inspectorUrl, play);
      results.push(value);
      console.log(`\n${round.title}\n${profileTables(profile)}\n${frequentStatements(value.statements, round.orders)}\n`);
    }
  }
  const audit = await audited(platform, shop.acknowledged);

  say('the same row writes as plain SQL');
  const orders = rounds.filter(({ lines }) => lines === 3).reduce((sum, round) => sum + round.orders, 0);
  const [warm, runs] = [count(100), count(1_000)];
  const units = await makeOrderUnits(platform.sql, tables, sample, writesPerOrder(writesBefore, writesAfter, orders), warm + runs);
  const control = await runControl({ databaseUrl: platform.adminUrl, clients: 1, warmUp: warm, runs, units }, platform.postmaster, idle);

  const run = { results, control, transactionControl };
  console.log(`\n${checkoutTable(run)}\n\n${statementTable(run)}\n\n${idleLine(idle)}\n\n${audit}`);
  await conclude('bench:checkout', wanted, ceilings, checkoutFigures(run), brokenPromises(run));
}

/** BEGIN and COMMIT per order by role, from the server's log of a few orders. */
async function countTransactionControl(platform: MeasuredPlatform, shop: Shop): Promise<ReadonlyMap<string, number>> {
  await using log = await openStatementLog(platform.sql, platform.postmaster);
  const logged = await log.during(async () => {
    for (let order = 0; order < loggedOrders; order++) await placeOrder(shop, 3, 'SETTLED');
    await untilQuiet(platform);
  });
  return new Map([...countControl(logged)].map(([role, calls]) => [role, calls / loggedOrders]));
}
