// npm run test:provider [-- --seed n --keep]: the payment provider fails in every way that it has, at every operation, while ordinary orders flow; then the audit.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StartupError } from '@tally/runtime';
import { run } from './run.ts';
import { tablesOf, verdictOn } from './verdict.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '20261121' }, keep: { type: 'boolean', default: false } } });
const seed = Number(values.seed);
const startedAt = performance.now();
const say = (line: string): void => {
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)}  ${line}\n`);
};
const folder = await mkdtemp(join(tmpdir(), 'tally-provider-'));
say(`seed ${String(seed)}; logs in ${folder}`);

const faults: string[] = [];
try {
  const result = await run({ folder, seed, say });
  process.stdout.write(`\n${tablesOf(result)}\n`);
  faults.push(...verdictOn(result));
} catch (error) {
  faults.push(error instanceof StartupError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
}
if (faults.length === 0) say('provider: passed');
else say(`provider: FAILED with seed ${String(seed)}; evidence in ${folder}\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
if (faults.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
process.exit(faults.length === 0 ? 0 : 1);
