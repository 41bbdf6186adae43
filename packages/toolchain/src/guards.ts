// npm run test:guards [-- --only <text>] [--seeds n] [--write]: takes each guard away in a copy of the repository and shows which check turns red.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { guards } from './guards/catalogue.ts';
import { keyOf, nameOf, type Check, type Guard } from './guards/guard.ts';
import { runCheck, type CheckOutcome } from './guards/run-check.ts';
import { openScratchCopy, type ScratchCopy } from './guards/scratch-copy.ts';
import { guardsTable, withGuardsTable, type Row } from './guards/table.ts';
import { inRoot } from './repository.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '2000' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`npm run test:guards -- [--only text] [--seeds n] [--quick] [--write]

Takes each guard of docs/testing.md away in turn, in a copy of the repository, and runs the checks that must turn red.

  --only text   guards with that in their name
  --seeds n     histories that the simulation may try to find one (2000)
  --quick       one check of each guard, the simulation where there is one
  --write       writes the table into docs/testing.md

Exit code 0: every check is green with its guard and red without. 1: one is not.
`);
  process.exit(0);
}
const chosen = guards.filter(({ name }) => name.includes(values.only)).map((guard) => (values.quick ? withOneCheck(guard) : guard));
const startedAt = performance.now();
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);
const failures: string[] = [];

await using copy = await openScratchCopy();
say(`${String(chosen.length)} guards, in ${copy.folder}`);
const sound = new Map<string, CheckOutcome>();
for (const guard of chosen) {
  for (const check of guard.checks) {
    if (sound.has(keyOf(check))) continue;
    const outcome = await runCheck(copy.folder, check, Math.min(Number(values.seeds), 50));
    sound.set(keyOf(check), outcome);
    if (outcome.kind === 'green') continue;
    failures.push(`with every guard in place, ${nameOf(check)} is ${inWords(outcome)}`);
    say(`NOT GREEN  ${nameOf(check)}: ${inWords(outcome)}`);
  }
}
say('with every guard in place the checks have run');
const rows: Row[] = [];
for (const guard of chosen) {
  for (const [check, outcome] of await without(copy, guard)) {
    rows.push({ guard, check, outcome });
    if (outcome.kind !== 'red') failures.push(`without “${guard.name}”, ${nameOf(check)} is ${inWords(outcome)}`);
    say(
      `${outcome.kind === 'red' ? 'red      ' : outcome.kind === 'green' ? 'STILL GREEN' : 'VOID     '}  ${guard.name}  ${inWords(outcome)}`,
    );
  }
}

process.stdout.write(`\n${guardsTable(rows)}\n\n`);
if (values.write) {
  const page = inRoot('docs', 'testing.md');
  const names = guards.map(({ name }) => name);
  await writeFile(page, withGuardsTable(await readFile(page, 'utf8'), rows, names));
}
if (failures.length === 0) say(`guards: passed, ${String(chosen.length)} of ${String(guards.length)} guards were taken away`);
else say(`guards: FAILED\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function without({ broken, folder }: ScratchCopy, guard: Guard): Promise<readonly (readonly [Check, CheckOutcome])[]> {
  await using _ = await broken(guard.edits);
  const outcomes: (readonly [Check, CheckOutcome])[] = [];
  for (const check of guard.checks) outcomes.push([check, await runCheck(folder, check, Number(values.seeds))]);
  return outcomes;
}

function withOneCheck(guard: Guard): Guard {
  return { ...guard, checks: [guard.checks.find(({ kind }) => kind === 'simulation') ?? guard.checks[0]] };
}

function inWords(outcome: CheckOutcome): string {
  if (outcome.kind === 'green') return 'green';
  return outcome.kind === 'red' ? `red: ${outcome.seen}` : `void: ${outcome.why}`;
}
