// npm run test:simulate -- [--seeds n] [--orders n] [--seed n] [--quick] [--json] [--until-violation] [--schedule json]: histories of orders, products and
// payments in memory under seeded trouble, each judged by I1 to I9. SIGINT ends it early. Exit 0: nothing was found; 1: something was, or the run proves
// nothing; with --until-violation 3: something was.
import { availableParallelism } from 'node:os';
import { fullSchedule, type Schedule } from '@tally/simulation';
import { broken, shrunk, tell } from './failure.ts';
import { farm, type Reported } from './farm.ts';
import { belowFloor, nothing, sum } from './figures.ts';
import { readOptions } from './options.ts';
import { progress, toText } from './report.ts';
import { runHistory } from './run-history.ts';
import { kinds } from './schedule.ts';

const options = readOptions(process.argv.slice(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const sayToPeople = (line: string): void => {
  if (!options.json && !options.untilViolation) say(line);
};
const startedAt = performance.now();
const elapsedMs = (): number => performance.now() - startedAt;
const mostTries = 150;
const progressEveryMs = 500;

process.exitCode = options.schedule === null ? await runMany() : await runOne(options.schedule);

async function runOne(schedule: Schedule): Promise<number> {
  const outcome = await runHistory(schedule);
  const ids = broken(outcome.violations);
  if (options.json)
    say(JSON.stringify({ schedule, invariants: ids, violations: outcome.violations, figures: outcome.figures, digest: outcome.digest }));
  else if (ids.length === 0) say(`nothing is wrong with it; digest ${outcome.digest}\n${toText(outcome.figures, elapsedMs())}`);
  else say(`${ids.join(', ')} broken; digest ${outcome.digest}\n${tell(outcome)}`);
  return ids.length === 0 ? 0 : 1;
}

async function runMany(): Promise<number> {
  const { seed, seeds, orders, forMs, untilViolation, json } = options;
  let figures = nothing;
  let given = 0;
  let shownAt = 0;
  let isOver = false;
  // What has run so far still counts.
  process.once('SIGINT', () => {
    isOver = true;
  });
  const failures: Reported[] = [];
  sayToPeople(`simulate: seeds from ${seed}, ${orders} purchases each`);
  await farm({
    threads: Math.min(2, availableParallelism()),
    next: () =>
      given >= seeds || isOver || failures.length > 0 || elapsedMs() > forMs ? null : fullSchedule(seed + given++, orders, kinds),
    reported(report) {
      figures = sum(figures, report.figures);
      if (report.violations.length > 0) failures.push(report);
      if (!process.stderr.isTTY || elapsedMs() - shownAt < progressEveryMs) return;
      shownAt = elapsedMs();
      process.stderr.write(`\r\x1b[K${progress(figures, elapsedMs())}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const ranMs = elapsedMs();
  const [failure] = failures.toSorted((left, right) => left.schedule.seed - right.schedule.seed);
  if (untilViolation) {
    say(JSON.stringify({ seeds: figures.histories, seed: failure?.schedule.seed ?? null, invariants: broken(failure?.violations ?? []) }));
    return failure === undefined ? 0 : 3;
  }
  const missing = failure === undefined ? belowFloor(figures, kinds) : [];
  sayToPeople(toText(figures, ranMs));
  if (failure === undefined) {
    const verdict = missing.length === 0 ? 'passed' : 'void';
    if (json) say(JSON.stringify({ verdict, missing, seconds: ranMs / 1_000, figures }));
    sayToPeople(`simulate: ${verdict}${missing.map((line) => `\n  ${line}`).join('')}`);
    return missing.length === 0 ? 0 : 1;
  }
  sayToPeople(`simulate: seed ${failure.schedule.seed} breaks ${broken(failure.violations).join(', ')}; looking for a smaller one`);
  const { schedule, tries } = await shrunk(failure.schedule, mostTries);
  const outcome = await runHistory(schedule);
  const { violations } = outcome;
  if (json)
    say(JSON.stringify({ verdict: 'FAILED', seed: failure.schedule.seed, schedule, invariants: broken(violations), violations, figures }));
  sayToPeople(`simulate: FAILED; after ${tries} tries, ${schedule.size} purchases:\n${tell(outcome)}`);
  return 1;
}
