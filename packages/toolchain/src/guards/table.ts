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

/** The mutation matrix as Markdown: guard, what goes wrong without it, what turned red and how it showed. */
export function guardsTable(rows: readonly Row[]): string {
  const cells = rows.map(({ guard, check, outcome }) => [guard.name, guard.without, nameOf(check), seenIn(outcome)]);
  const lines = [['Without', 'goes wrong', 'turns red', 'seen'], ['---', '---', '---', '---'], ...cells];
  return lines.map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/**
 * Puts the table into a page, between its marks.
 *
 * @throws {Error} the page has no marks.
 */
export function withGuardsTable(page: string, rows: readonly Row[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${guardsTable(rows)}\n\n${page.slice(to)}`;
}

function seenIn(outcome: CheckOutcome): string {
  if (outcome.kind === 'red') return outcome.seen;
  return outcome.kind === 'green' ? '**nothing**' : `**${outcome.why}**`;
}
