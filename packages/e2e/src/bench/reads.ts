// npm run bench:reads -- [--check]: list, search and product page through the gateway, beside the same statements sent straight to PostgreSQL.
import { createGraph } from '../client/graph.ts';
import { createRandom } from '../resume/random.ts';
import { audited } from './audited.ts';
import { idleLine } from './checkout/figures.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { startMeasuredPlatform } from './platform.ts';
import { profiled } from './profile.ts';
import { watchIdle } from './quiet.ts';
import type { Figures } from './report/ceilings.ts';
import { say } from './report/progress.ts';
import { toTable } from './report/table.ts';
import { conclude } from './report/verdict.ts';
import { frequentStatements, profileTables } from './report/where-it-goes.ts';
import { readKinds } from './reads/requests.ts';
import { playReads, type ReadResult } from './reads/round.ts';

const searchWithinMs = 50;
const ceilings = new URL('./reads.json', import.meta.url);

const options = readOptions(
  'bench:reads',
  'Starts the platform in one process on durable PostgreSQL and asks its gateway for a list of 20, a search and a product page: one at a time, then 16 at\nonce, then the same statements without gateway and subgraph. Takes about two minutes.',
);
if (options !== null) await bench(options);

async function bench(wanted: BenchOptions): Promise<void> {
  const count = (requests: number): number => Math.max(16, Math.round(requests * wanted.scale));
  const counts = { warmUp: count(400), alone: count(500), atOnce: count(2_000), clients: 16 };
  say('starting the platform on a fresh folder');
  await using platform = await startMeasuredPlatform({ inspect: wanted.profile });
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
  const audit = await audited(platform, []);
  console.log(`\n${readsTable(results)}\n\n${idleLine(idle)}\n\n${audit}`);
  const slow = results.filter(({ title, alone }) => title === 'search' && alone.p95 >= searchWithinMs);
  const broken = slow.map(({ alone }) => `search: p95 alone is ${alone.p95.toFixed(0)} ms, not below ${String(searchWithinMs)}`);
  await conclude('bench:reads', wanted, ceilings, readFigures(results), broken);
}

const cpuOf = ({ cpuMs }: Pick<ReadResult, 'cpuMs'>): number => cpuMs.process + cpuMs.postgres;
const ratioOf = (result: ReadResult): number => cpuOf(result) / cpuOf(result.control);

function readsTable(results: readonly ReadResult[]): string {
  const headings = [
    '',
    'alone p50 ms',
    'p95',
    'p99',
    '16 at once p50 ms',
    'p95',
    'p99',
    'per second',
    'CPU-ms process',
    'PostgreSQL',
    'statements',
    'CPU × control',
  ];
  const rows = results.flatMap((result) => {
    const { title, alone, atOnce, perSecond, cpuMs, statementsPerRequest, control } = result;
    return [
      [
        title,
        alone.p50,
        alone.p95,
        alone.p99,
        atOnce.p50,
        atOnce.p95,
        atOnce.p99,
        perSecond,
        cpuMs.process,
        cpuMs.postgres,
        statementsPerRequest,
        ratioOf(result),
      ],
      [
        '  same statements, plain',
        ...[null, null, null, control.latencies.p50, control.latencies.p95, control.latencies.p99],
        ...[control.perSecond, control.cpuMs.process, control.cpuMs.postgres, control.statements, 1],
      ],
    ];
  });
  return toTable(headings, rows);
}

/** What may not rise. */
function readFigures(results: readonly ReadResult[]): Figures {
  return Object.fromEntries(
    results.flatMap((result) => [
      [`statements per request: ${result.title}`, result.statementsPerRequest] as const,
      [`CPU to control: ${result.title}`, ratioOf(result)] as const,
    ]),
  );
}
