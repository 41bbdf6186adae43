// npm run test:restart [-- --seed n --rate n --quick --keep]: takes away Kafka, Redis and each process in turn while buyers go on, and audits what is left.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { StartupError } from '@tally/runtime';
import type { History } from '../harness/history.ts';
import { startProcessesOnKafka } from '../harness/processes-kafka.ts';
import { createWitness } from '../harness/witness.ts';
import { kafkaAway } from './kafka-outage.ts';
import { openStage } from './open-stage.ts';
import { watchReadiness } from './readiness.ts';
import { redisAway } from './redis-outage.ts';
import { restartEach } from './restarts.ts';
import { keepRun, reportOf, type Outcome } from './report.ts';
import { paces, seconds, type Stage } from './stage.ts';
import type { PhaseName } from './timeline.ts';
import { untilQuiet } from './until-quiet.ts';
import { faultsOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    rate: { type: 'string', default: '4' },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const [seed, rate] = [Number(values.seed), Number(values.rate)];
const startedAt = performance.now();
const failures: string[] = [];
const fail = (fault: string): void => void failures.push(fault);
const say = (line: string): void => void process.stdout.write(`${seconds(performance.now() - startedAt).padStart(8)}  ${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'tally-restart-'));
await using all = new AsyncDisposableStack();
process.once('SIGINT', () => void all.disposeAsync().finally(() => process.exit(130)));
say(`seed ${String(seed)}, ${String(rate)} purchases per second${values.quick ? ', quick' : ''}; logs in ${folder}`);

try {
  await run();
} catch (error) {
  fail(error instanceof StartupError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await all.disposeAsync();
if (failures.length === 0) say('restart: passed');
else say(`restart: FAILED with seed ${String(seed)}; logs in ${folder}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (failures.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
// Streams that were being opened when all was stopped keep nobody waiting.
process.exit(failures.length === 0 ? 0 : 1);

async function run(): Promise<void> {
  const system = all.use(await startProcessesOnKafka({ folder, progress: say, limits: 'default', workers: 2 }));
  const history: History = { purchases: [] };
  const witness = createWitness(system);
  const stage = all.use(await openStage(system, { seed, rate, pace: values.quick ? paces.quick : paces.full, history, say, fail }));
  const { timeline, load, audience, prices, counts, sql } = stage;
  const readiness = watchReadiness(system.apps.processes, timeline);
  const progress = setInterval(() => say(`  … ${progressOf(stage)}`), 5_000);
  all.defer(() => clearInterval(progress));
  const recoveries = new Map<PhaseName, number | null>();

  timeline.enter('calm');
  await pause(stage.pace.calmMs);
  recoveries.set('kafka stopped', await kafkaAway(stage, 'stopped'));
  recoveries.set('kafka killed', await kafkaAway(stage, 'killed'));
  recoveries.set('redis', await redisAway(stage));
  await restartEach(stage);
  await Promise.all([load.stop(), prices.stop(), readiness.stop()]);
  timeline.close();

  say('nobody comes any more: waiting for quiet');
  const { tookMs, missing } = await untilQuiet(stage, witness, history);
  clearInterval(progress);
  say(missing.length === 0 ? `quiet after ${seconds(tookMs)}` : `not quiet after ${seconds(tookMs)}`);
  for (const one of missing.slice(0, 10)) fail(`not quiet: ${one}`);
  const [findings, replays, hotRows] = [await witness.audit(history), await counts.replays(), await counts.hotRows()];
  for (const difference of await prices.differences(sql)) fail(`price after quiet: ${difference}`);
  await audience.stop();

  const outcome: Outcome = { stage, rate, readiness, recoveries, findings, replays, hotRows };
  process.stdout.write(reportOf(outcome));
  for (const fault of faultsOf(outcome)) fail(fault);
  if (failures.length > 0) await keepRun(folder, outcome);
  for (const { name, code, signal } of await system.apps.stop())
    if (code !== 0) fail(`${name} ended with ${String(code ?? signal)} at last`);
}

function progressOf({ timeline, load, audience }: Stage): string {
  const accepted = load.purchases.filter(({ orderId }) => orderId !== null).length;
  return (
    `${timeline.now().padEnd(13)} ${String(accepted)} accepted, ${String(load.open())} open, ` +
    `${String(audience.tally.events)} events at ${String(audience.size())} subscribers`
  );
}
