// npm run bench:reads -- [--check]: list, search and product page through the gateway, beside the same statements sent straight to PostgreSQL.
import { createGraph } from '../client/graph.ts';
import { createRandom } from '../resume/random.ts';
import { audited } from './audited.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { onMeasuredPlatform, type MeasuredPlatform } from './platform.ts';
import { profiled } from './profile.ts';
import { idleLine, watchIdle } from './quiet.ts';
import { say } from './report/progress.ts';
import { conclude } from './report/verdict.ts';
import { frequentStatements, profileTables } from './report/where-it-goes.ts';
import { readFigures, readsTable, slowSearches } from './reads/figures.ts';
import { readKinds } from './reads/requests.ts';
import { playReads, type ReadResult } from './reads/round.ts';

const ceilings = new URL('./reads.json', import.meta.url);

const options = readOptions(
  'bench:reads',
  'Starts the platform in one process on durable PostgreSQL and asks its gateway for a list of 20, a search and a product page: one at a time, then 16 at\nonce, then the same statements without gateway and subgraph. Takes about two minutes.',
);
if (options !== null) {
  say('starting the platform on a fresh folder');
  await onMeasuredPlatform({ inspect: options.profile }, (platform) => bench(platform, options));
}

async function bench(platform: MeasuredPlatform, wanted: BenchOptions): Promise<void> {
  const count = (requests: number): number => Math.max(16, Math.round(requests * wanted.scale));
  const counts = { warmUp: count(400), alone: count(500), atOnce: count(2_000), clients: 16 };
  await using graph = createGraph(platform.url);
  const kinds = await readKinds(graph, createRandom(20261121));
  say('watching the idle platform');
  const idle = await watchIdle(platform);
  const results: ReadResult[] = [];
  for (const kind of kinds) {
    const play = (): Promise<ReadResult> => playReads(platform, graph, idle, kind, counts);
    if (platform.inspectorUrl === null) results.push(await play());
    else {
      const { value, profile } = await profiled(platform.inspectorUrl, play);
      results.push(value);
      console.log(`\n${kind.title}\n${profileTables(profile)}\n${frequentStatements(value.statements, counts.atOnce)}\n`);
    }
  }
  const others = await platform.takenByOthers();
  const audit = await audited(platform, []);
  console.log(`\n${readsTable(results)}\n\n${idleLine(idle)}\nothers took ${(others * 100).toFixed(0)} % of the machine\n\n${audit}`);
  await conclude('bench:reads', wanted, ceilings, readFigures(results), slowSearches(results), others);
}
