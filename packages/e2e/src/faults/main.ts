// npm run test:faults [-- --set-up processes-kafka --fault f6,f8 --seed n --quick --keep]: takes away what the system stands on, line by line of the fault
// table, while people come; mends it, waits for quiet, and audits.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toText } from '@tally/audit';
import { StartupError } from '@tally/runtime';
import { listed } from '../crash/listed.ts';
import { keepEvidence } from '../harness/evidence.ts';
import { faultsOf, tableOf } from './judge.ts';
import { elsewhere, lines, quickLines } from './lines.ts';
import { openTheatre } from './open-stage.ts';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    'set-up': { type: 'string', default: 'processes-kafka' },
    fault: { type: 'string' },
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const [setUp = 'processes-kafka'] = listed('--set-up', values['set-up'], ['processes', 'processes-kafka'] as const) ?? [];
const known = lines.map(({ id }) => id.toLowerCase());
const wanted = listed('--fault', values.fault, known) ?? (values.quick ? quickLines : known);
const chosen = lines.filter(({ id, needs }) => wanted.includes(id.toLowerCase()) && (needs === 'any' || setUp === 'processes-kafka'));

const startedAt = performance.now();
const say = (line: string): void => {
  process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)}  ${line}\n`);
};
const folder = await mkdtemp(join(tmpdir(), 'tally-faults-'));
const failures: string[] = [];
if (chosen.length === 0) failures.push(`none of ${wanted.join(', ')} can be played in ${setUp}`);
say(`seed ${String(seed)}: ${chosen.map(({ id }) => id).join(', ')} in ${setUp}${values.quick ? ', quick' : ''}; logs in ${folder}`);
say(
  `elsewhere: ${Object.entries(elsewhere)
    .map(([id, command]) => `${id} ${command}`)
    .join(' · ')}`,
);

const report: string[] = [];
try {
  await using theatre = await openTheatre({ setUp, folder, seed, quick: values.quick, say });
  for (const line of chosen) {
    say(`${line.id}  ${line.title}`);
    const outcome = await play(line, theatre);
    const faults = faultsOf(outcome);
    failures.push(...faults);
    report.push(`${line.id}  ${faults.length === 0 ? 'holds' : 'DOES NOT HOLD'}: ${line.title}\n\n${tableOf(outcome)}`);
    say(`${line.id}  ${faults.length === 0 ? 'holds' : `DOES NOT HOLD\n${faults.map((fault) => `    ${fault}`).join('\n')}`}`);
    if (faults.length > 0) {
      say(`\n${toText(outcome.findings)}`);
      await keepEvidence(
        folder,
        theatre.system,
        { seed, line: line.id, ...theatre.counter.history, visits: outcome.visits },
        outcome.findings,
      );
    }
  }
} catch (error) {
  failures.push(error instanceof StartupError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
}
process.stdout.write(`\n${report.join('\n')}\n`);
if (failures.length === 0) say('faults: passed');
else say(`faults: FAILED with seed ${String(seed)}; evidence in ${folder}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (failures.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
process.exit(failures.length === 0 ? 0 : 1);
