// npm run test:races [-- --seed n --quick --kafka --only words --keep]: everybody wants the same at the same moment: too few units, one key at two gateways,
// cancels and deadlines against money; and audits what is left. Under the limits of production.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Finding } from '@tally/audit';
import type { Variables } from '@tally/distributed';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import { StartupError } from '@tally/runtime';
import { openSql } from '@tally/testkit';
import { createGraph } from '../client/graph.ts';
import { createPeople } from '../client/people.ts';
import { keepEvidence } from '../harness/evidence.ts';
import type { History } from '../harness/history.ts';
import { startProcessesOnKafka } from '../harness/processes-kafka.ts';
import { startProcesses, type ProcessesSystem } from '../harness/processes.ts';
import { createRandom } from '@tally/kernel';
import { createWitness } from '../harness/witness.ts';
import { openBuyers } from './buyers.ts';
import { races } from './races.ts';
import { reportOf } from './report.ts';
import { scales, type Result, type Stage } from './stage.ts';
import { judgeSamples, watchStock } from './stock-watch.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
    kafka: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const quietMs = 90_000;
const startedAt = performance.now();
const failures: string[] = [];
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'tally-races-'));
// An event loop that runs empty would end this process in the middle of a disposal.
setInterval(() => undefined, 3_600_000);
await using all = new AsyncDisposableStack();
process.once('SIGINT', () => void all.disposeAsync().finally(() => process.exit(130)));
say(`seed ${String(seed)}${values.quick ? ', quick' : ''}, log on ${values.kafka ? 'Kafka' : 'PostgreSQL'}; logs in ${folder}`);

try {
  await run();
} catch (error) {
  failures.push(error instanceof StartupError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await all.disposeAsync();
if (failures.length === 0) say('races: passed');
else say(`races: FAILED with seed ${String(seed)}; logs in ${folder}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (failures.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
process.exit(failures.length === 0 ? 0 : 1);

async function run(): Promise<void> {
  // Who runs out of time is seen at once, while the provider still works.
  const more = (name: string): Variables => (name.startsWith('orders') ? { SWEEP_SECONDS: '0.5' } : {});
  const options = { folder, progress: say, limits: 'default', more } as const;
  const system: ProcessesSystem = all.use(values.kafka ? await startProcessesOnKafka(options) : await startProcesses(options));
  const history: History = { purchases: [] };
  const graph = all.use(createGraph(system.gateways[0]));
  const witness = createWitness(system);
  const people = createPeople(graph, system.keys.users);
  const sql = all.use(await openSql((await system.urls()).auditor));
  const stock = watchStock(sql);
  all.defer(() => stock.stop());
  const stage: Stage = {
    system,
    sql,
    stock,
    simulator: createSimulatorAdmin(system.simulatorUrl),
    witness,
    staff: await people.staff(),
    buyers: all.use(openBuyers(system.gateways, system.keys.users)),
    history,
    random: createRandom(seed),
    scale: values.quick ? scales.quick : scales.full,
    say,
  };
  const results: Result[] = [];
  for (const { name, race } of races(stage.scale)) {
    if (!name.includes(values.only)) continue;
    stock.report();
    // A token holds 15 minutes, which all of it together may take on a machine that is busy.
    const raced = await race({ ...stage, staff: await people.staff() });
    const samples = judgeSamples(stock.report());
    const result = { ...raced, figures: [...raced.figures, samples.figure], faults: [...raced.faults, ...samples.faults] };
    results.push(result);
    failures.push(...result.faults.map((fault) => `${result.title}: ${fault}`));
    for (const figure of result.figures) say(`  ${figure}`);
    for (const fault of result.faults.slice(0, 3)) say(`  ! ${fault}`);
  }
  await stock.stop();
  say('waiting for quiet');
  if (!(await witness.untilQuiet(history, quietMs))) failures.push(`not quiet after ${String(quietMs / 1_000)} s`);
  const findings = await witness.audit(history);
  process.stdout.write(reportOf(results, findings));
  failures.push(...faultsOf(findings), ...system.unasked);
  if (failures.length > 0) await keepEvidence(folder, system, history, findings);
  for (const { name, code, signal } of await system.apps.stop())
    if (code !== 0) failures.push(`${name} ended with ${String(code ?? signal)} at last`);
}

function faultsOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ id, checked, violations }) => [
    ...(violations.length > 0 ? [`${id} is violated`] : []),
    ...(checked === 0 && values.only === '' ? [`${id} looked at nothing`] : []),
  ]);
}
