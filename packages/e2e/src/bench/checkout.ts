// npm run bench:checkout -- [--check]: what an order costs, through the gateway, beside the same row writes as plain SQL.
import { createGraph } from '../client/graph.ts';
import { createRandom } from '@tally/kernel';
import { openTokens } from '../harness/shoppers.ts';
import { audited } from './audited.ts';
import { calibrate } from './checkout/calibrate.ts';
import { brokenPromises, checkoutFigures, checkoutTable, statementTable, type MeasuredRound } from './checkout/figures.ts';
import { searchHighestRate } from './checkout/highest-rate.ts';
import { brokenOpenPromises, openFigures, openTable, type OpenRun } from './checkout/open-figures.ts';
import { playOpenRound } from './checkout/open-round.ts';
import { playRound, type Round, type RoundResult } from './checkout/round.ts';
import { openShop, type Shop } from './checkout/shop.ts';
import type { ControlResult } from './control/run-control.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { onMeasuredPlatform, type MeasuredPlatform } from './platform.ts';
import { profiled } from './profile.ts';
import { idleLine } from './quiet.ts';
import { createProgress, say } from './report/progress.ts';
import { profileTables, frequentStatements } from './report/where-it-goes.ts';
import { conclude } from './report/verdict.ts';

const clientsAtOnce = 16;
/** Sessions that write plain SQL at once for the limit: more than there are cores, so that none waits for a commit. */
const controlSessions = 8;
const openRoundMs = 12_000;
/** Enough that hardly two orders under way are of one buyer, as in a shop. */
const buyers = 300;
const ceilings = new URL('./checkout.json', import.meta.url);

const options = readOptions(
  'bench:checkout',
  'Starts the platform in one process on durable PostgreSQL, places orders of three lines through its gateway, one by one, 16 at a time, and as buyers come:\nby the clock, faster until the promises no longer hold. Waits until all are PROCESSING, audits, and writes the same rows as plain SQL for comparison.',
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
  const warmUp: Round = { title: 'warming up', wait: 'SETTLED', lines: 3, orders: count(300), clients: clientsAtOnce };
  const isCompared = ({ clients, lines }: Round): boolean => clients > 1 && lines === warmUp.lines;
  const slices = { count: rounds.filter(isCompared).length + 1, orders: count(600) };
  const { idle, transactionControl, playControl } = await calibrate(platform, shop, warmUp, slices);

  const results: MeasuredRound[] = [];
  for (const round of rounds) {
    const play = (): Promise<RoundResult> => playRound(platform, shop, round, createProgress(round.title, round.orders));
    const result = platform.inspectorUrl === null ? await play() : await profiledRound(platform.inspectorUrl, round, play);
    // Right after its round, so that both meet the same machine.
    results.push({ ...result, control: isCompared(round) ? await playControl() : null });
  }
  const open = await openRun(platform, shop, wanted, playControl);
  const audit = await audited(platform, shop.acknowledged);
  const others = await platform.takenByOthers();
  const run = { results, transactionControl };
  console.log(
    `\n${checkoutTable(run)}\n\n${statementTable(run)}\n\n${openTable(open)}\n\n${idleLine(idle)}\nothers took ${(others * 100).toFixed(0)} % of the machine\n\n${audit}`,
  );
  await conclude(
    'bench:checkout',
    wanted,
    ceilings,
    { ...checkoutFigures(run), ...openFigures(open) },
    [...brokenPromises(run), ...brokenOpenPromises(open)],
    others,
  );
}

/** Raises the rate at which buyers come until the promises no longer hold, then writes the same rows as plain SQL as fast as they go. */
async function openRun(
  platform: MeasuredPlatform,
  shop: Shop,
  { scale }: BenchOptions,
  playControl: (clients: number) => Promise<ControlResult>,
): Promise<OpenRun> {
  const rounds = await searchHighestRate({ from: 12, raises: 6, halvings: 3 }, async (perSecond) => {
    say(`buyers come by the clock: ${perSecond.toFixed(1)} per second`);
    const round = await playOpenRound(platform, shop, perSecond, openRoundMs * Math.max(0.25, scale));
    say(
      `${round.held ? 'holds' : 'does not hold'}: ACCEPTED p95 ${round.accepted.p95.toFixed(0)} ms, SETTLED p95 ${round.settled.p95.toFixed(0)} ms`,
    );
    return round;
  });
  return { rounds, limit: await playControl(controlSessions) };
}

async function profiledRound(inspectorUrl: string, { title, orders }: Round, play: () => Promise<RoundResult>): Promise<RoundResult> {
  const { value, profile } = await profiled(inspectorUrl, play);
  console.log(`\n${title}\n${profileTables(profile)}\n${frequentStatements(value.statements, orders)}\n`);
  return value;
}
