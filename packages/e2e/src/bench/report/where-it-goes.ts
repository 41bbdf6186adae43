import type { StatementCount } from '../measure/statements.ts';
import type { ProfileSummary } from '../profile.ts';
import { toTable } from './table.ts';

const shownPackages = 24;
const shownFunctions = 24;
const shownStatements = 40;
const longestText = 110;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Who spent the process's time. */
export function profileTables({ byPackage, byFunction }: ProfileSummary): string {
  const packages = toTable(
    ['where the process spends its time', 'share'],
    byPackage.slice(0, shownPackages).map(([name, share]) => [name, percent(share)]),
  );
  const functions = toTable(
    ['functions', 'share'],
    byFunction.slice(0, shownFunctions).map(([name, share]) => [name, percent(share)]),
  );
  return `${packages}\n\n${functions}`;
}

/** The statements that run most often, per order or request. */
export function frequentStatements(statements: readonly StatementCount[], per: number): string {
  const most = statements.toSorted((left, right) => right.calls - left.calls).slice(0, shownStatements);
  const lines = most.map(({ role, text, calls, ms }) => [
    `${role}: ${text.replace(/\s+/g, ' ').slice(0, longestText)}`,
    calls / per,
    ms / per,
  ]);
  return toTable(['most frequent statements', 'calls', 'ms in the server'], lines);
}
