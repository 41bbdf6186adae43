// npm run bench:reads -- [--check]: list, search and product page through the gateway, beside the same statements sent straight to PostgreSQL; with hot
// rows kept nowhere, in the process and on Redis. In between prices change, and a stale read fails the run.
import { createGraph } from '../client/graph.ts';
import { createRandom } from '@tally/kernel';
import { audited } from './audited.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { onMeasuredPlatform, type MeasuredPlatform } from './platform.ts';
import { profiled } from './profile.ts';
import { idleLine, watchIdle } from './quiet.ts';
import { cacheNames, openCache, whyNoRedis, type Cache } from './reads/caches.ts';
import { pricesTable, readFigures, readsTable, slowSearches, type MeasuredRow } from './reads/figures.ts';
import { changePrices } from './reads/prices.ts';
import { readKinds } from './reads/requests.ts';
import { playReads, type ReadResult } from './reads/round.ts';
import { say } from './report/progress.ts';
import { conclude } from './report/verdict.ts';
import { frequentStatements, profileTables } from './report/where-it-goes.ts';

interface PlayedRow extends MeasuredRow {
  /** What a platform that nobody used cost, in a line. */
  readonly idle: string;
  /** Share of the machine that others took meanwhile, 0 to 1. */
  readonly others: number;
}

const ceilings = new URL('./reads.json', import.meta.url);
const fewestChanges = 50;

const options = readOptions(
  'bench:reads',
  'Starts the platform in one process on durable PostgreSQL, three times: hot rows kept nowhere, in the process, and on a Redis of its own. Asks its gateway\nfor a list of 20, a search and a product page: one at a time, then 16 at once, then the same statements without gateway and subgraph. Then changes prices\nwhile others read them: one stale price ends the run. Takes about five minutes.',
);
if (options !== null) await bench(options);

async function bench(wanted: BenchOptions): Promise<void> {
  const noRedis = await whyNoRedis();
  if (noRedis !== null && (wanted.check || wanted.commitCeilings || process.env['REQUIRE_INFRA'] === 'all')) {
    console.error(`bench:reads: FAILED\n  the rows of Redis cannot be measured: ${noRedis}`);
    process.exitCode = 1;
    return;
  }
  const rows: PlayedRow[] = [];
  for (const name of cacheNames) {
    if (name === 'Redis' && noRedis !== null) {
      say(`${name}: skipped, ${noRedis}`);
      continue;
    }
    await using stack = new AsyncDisposableStack();
    const cache = await openCache(name, stack);
    say(`${name}: starting the platform on a fresh folder`);
    const { environment, redisMs } = cache;
    const row = await onMeasuredPlatform({ inspect: wanted.profile, environment, besideMs: redisMs }, (platform) =>
      playRow(platform, cache, wanted),
    );
    if (row === null) return;
    rows.push(row);
  }
  const costs = rows.map(({ cache, idle, others }) => `${cache}: ${idle}; others took ${(others * 100).toFixed(0)} % of the machine`);
  console.log(`\n${readsTable(rows)}\n\n${pricesTable(rows)}\n\n${costs.join('\n')}`);
  if (noRedis !== null) console.log(`\nnot measured, Redis: ${noRedis}`);
  await conclude('bench:reads', wanted, ceilings, readFigures(rows), slowSearches(rows), Math.max(...rows.map(({ others }) => others)));
}

async function playRow(platform: MeasuredPlatform, cache: Cache, { scale }: BenchOptions): Promise<PlayedRow> {
  const count = (requests: number, least = 16): number => Math.max(least, Math.round(requests * scale));
  const counts = { warmUp: count(400), alone: count(500), atOnce: count(2_000), clients: 16 };
  await using graph = createGraph(platform.url);
  const kinds = await readKinds(graph, createRandom(20261121));
  say(`${cache.name}: watching the idle platform`);
  const idle = await watchIdle(platform);
  const results: ReadResult[] = [];
  for (const kind of kinds) {
    const play = (): Promise<ReadResult> => playReads(platform, graph, { cache, idle }, kind, counts);
    if (platform.inspectorUrl === null) results.push(await play());
    else {
      const { value, profile } = await profiled(platform.inspectorUrl, play);
      results.push(value);
      console.log(`\n${kind.title}, ${cache.name}\n${profileTables(profile)}\n${frequentStatements(value.statements, counts.atOnce)}\n`);
    }
  }
  const others = await platform.takenByOthers();
  const prices = await changePrices(platform, graph, cache.name, { changes: count(300, fewestChanges), clients: 8 });
  await audited(platform, []);
  return { cache: cache.name, results, prices, idle: idleLine(idle), others };
}
