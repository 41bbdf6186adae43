import { toText, type Finding } from '@tally/audit';
import type { Result } from './stage.ts';

const shown = 5;

/** All races for a terminal: what happened in each, and whether it holds. */
export function reportOf(results: readonly Result[], findings: readonly Finding[]): string {
  const lines = results.flatMap(({ title, figures, faults }) => [
    `${faults.length === 0 ? 'holds   ' : 'VIOLATED'}  ${title}`,
    ...figures.map((figure) => `            ${figure}`),
    ...faults.slice(0, shown).map((fault) => `      !     ${fault}`),
    ...(faults.length > shown ? [`      !     and ${String(faults.length - shown)} more`] : []),
  ]);
  return `\n${lines.join('\n')}\n\n${toText(findings)}`;
}
