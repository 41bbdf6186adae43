import { nameOf, type Check, type Guard } from './guard.ts';
import type { CheckOutcome } from './run-check.ts';

/** A guard that was taken away, and what one check said to it. */
export interface Row {
  readonly guard: Guard;
  readonly check: Check;
  readonly outcome: CheckOutcome;
}

const begin = '<!-- guards: npm run test:guards -- --write -->';
const end = '<!-- /guards -->';

const headings = ['Without', 'goes wrong', 'turns red', 'seen'];

/** The mutation matrix as Markdown: guard, what goes wrong without it, what turned red and how it showed. */
export const guardsTable = (rows: readonly Row[]): string => toTable(rows.map(toLine));

const toTable = (lines: readonly string[]): string => [lineOf(headings), lineOf(headings.map(() => '---')), ...lines].join('\n');
const toLine = ({ guard, check, outcome }: Row): string => lineOf([guard.name, guard.without, nameOf(check), seenIn(outcome)]);
const lineOf = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/**
 * Puts the table into a page, between its marks. Guards that were left out this time keep the lines they have there.
 *
 * @param names of all guards, in the order of the table.
 * @throws {Error} the page has no marks.
 */
export function withGuardsTable(page: string, rows: readonly Row[], names: readonly string[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  const published = page.slice(from, to).split('\n');
  const lines = names.flatMap((name) => {
    const own = rows.filter(({ guard }) => guard.name === name).map(toLine);
    return own.length > 0 ? own : published.filter((line) => line.startsWith(`| ${name} `));
  });
  return `${page.slice(0, from + begin.length)}\n\n${toTable(lines)}\n\n${page.slice(to)}`;
}

function seenIn(outcome: CheckOutcome): string {
  if (outcome.kind === 'red') return outcome.seen;
  return outcome.kind === 'green' ? '**nothing**' : `**${outcome.why}**`;
}
