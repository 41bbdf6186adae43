// npm run test:crash [-- --set-up a,b --points x,y --seed n --kills n --quick --keep]: kills processes by SIGKILL at every crash point and at random moments,
// in each set-up, while people buy; starts them again, measures the recovery, and audits what is left.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StartupError } from '@tally/runtime';
import { createRandom } from '@tally/kernel';
import { setUps } from '../harness/system.ts';
import { listed } from './listed.ts';
import { jobPoints, quickPoints, reachablePoints } from './points.ts';
import { crash, type RunResult } from './run.ts';
import { faultsOf, tableOf } from './verdict.ts';

const { values } = parseArgs({
  options: {
    'set-up': { type: 'string' },
    points: { type: 'string' },
    seed: { type: 'string', default: '20261121' },
    kills: { type: 'string' },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const seed = Number(values.seed);
const kills = Number(values.kills ?? (quick ? 3 : 10));
const chosen = listed('--set-up', values['set-up'], setUps) ?? (quick ? (['processes'] as const) : setUps);
const points = listed('--points', values.points, reachablePoints) ?? (quick ? quickPoints(createRandom(seed)) : reachablePoints);

const startedAt = performance.now();
const say = (line: string): void => {
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)}  ${line}\n`);
};
const folder = await mkdtemp(join(tmpdir(), 'tally-crash-'));
say(
  `seed ${String(seed)}: ${String(points.length)} crash points and ${String(kills)} kills at random moments in ${chosen.join(', ')}; logs in ${folder}`,
);
if (jobPoints.length > 0) say(`not here, since no order passes them: ${jobPoints.join(', ')}`);

const results: RunResult[] = [];
let current = new AsyncDisposableStack();
process.once('SIGINT', () => void current.disposeAsync().finally(() => process.exit(130)));
const failures: string[] = [];
for (const setUp of chosen) {
  const own = join(folder, setUp);
  await mkdir(own);
  await using stack = (current = new AsyncDisposableStack());
  try {
    const result = await crash(
      { setUp, folder: own, seed, points, kills, quick, say: (line) => say(`${setUp.padEnd(15)}  ${line}`) },
      stack,
    );
    results.push(result);
    failures.push(...faultsOf(result, points));
  } catch (error) {
    const what = error instanceof StartupError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push(`${setUp}: ${what}`);
  }
}
process.stdout.write(`\n${tableOf(results)}\n\n`);
if (failures.length === 0) say('crash: passed');
else say(`crash: FAILED with seed ${String(seed)}; evidence in ${folder}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (failures.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
process.exit(failures.length === 0 ? 0 : 1);
