import { shrink, type Schedule, type Shrunk } from '@tally/simulation';
import { runHistory, type Outcome, type Violation } from './run-history.ts';
import { storiesOf } from './story.ts';

/** Which violation a history is known by: the worst of them, so that a smaller history that fails alike can be told. */
const worstFirst: readonly string[] = ['BUG', 'I2', 'I1', 'I3', 'I4', 'I6', 'I7', 'I8', 'I9', 'I5'];

/** The invariants that were broken, the worst first. */
export const broken = (violations: readonly Violation[]): readonly string[] =>
  worstFirst.filter((id) => violations.some((violation) => violation.id === id));

/** Looks for a smaller history in which the worst thing happens again. @throws {RangeError} nothing is wrong with this one. */
export const shrunk = (schedule: Schedule, mostTries: number): Promise<Shrunk> =>
  shrink({
    schedule,
    mostTries,
    async run(candidate) {
      const { violations, figures } = await runHistory(candidate);
      return { failure: broken(violations)[0] ?? null, turns: figures.turns, struck: figures.fired };
    },
  });

const violationsShown = 20;
const notesShown = 60;

/** A failing history as a person wants to read it. */
export function tell({ schedule, violations, notes, evidence }: Outcome): string {
  return [
    ...violations.slice(0, violationsShown).map(({ id, text }) => `  ${id.padEnd(4)}${text}`),
    ...(violations.length > violationsShown ? [`  and ${violations.length - violationsShown} more`] : []),
    'what is left of them:',
    ...storiesOf(
      violations.map(({ text }) => text),
      evidence,
    ),
    'the last of what happened:',
    ...notes.slice(-notesShown).map((note) => `  ${note}`),
    'again with:',
    `  npm run test:simulate -- --schedule '${JSON.stringify(schedule)}'`,
  ].join('\n');
}
