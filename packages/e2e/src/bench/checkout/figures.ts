import type { ControlResult } from '../control/run-control.ts';
import { callsByRole, totalCalls } from '../measure/statements.ts';
import type { Figures } from '../report/ceilings.ts';
import { toTable, type Cell } from '../report/table.ts';
import type { RoundResult } from './round.ts';

/** A round, and the control that ran right after it, if one did. */
export interface MeasuredRound extends RoundResult {
  readonly control: ControlResult | null;
}

/** All that a run measured. */
export interface CheckoutRun {
  readonly results: readonly MeasuredRound[];
  /** BEGIN and COMMIT per order, by role. */
  readonly transactionControl: ReadonlyMap<string, number>;
}

const acceptedWithinMs = 100;
const settledWithinMs = 500;
/** p95 of the settled answers must be within the limit: so must their share be. */
const settledAtLeast = 0.95;

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
const cpuOf = ({ cpuMs }: Pick<RoundResult, 'cpuMs'>): number => cpuMs.process + cpuMs.postgres;
const ratioOf = (result: MeasuredRound): number | null => (result.control === null ? null : cpuOf(result) / cpuOf(result.control));
const statementsOf = ({ statements, round }: RoundResult, { transactionControl }: CheckoutRun): number =>
  totalCalls(statements) / round.orders + sum(transactionControl.values());

export function checkoutTable(run: CheckoutRun): string {
  const headings = [
    '',
    'orders',
    'answer p50 ms',
    'p95',
    'p99',
    'settled p50 ms',
    'p95',
    'p99',
    'orders/s',
    'CPU-ms process',
    'PostgreSQL',
    'statements',
    'CPU × control',
  ];
  const rows = run.results.flatMap((result) => {
    const { round, answers, settling, ordersPerSecond, cpuMs, control } = result;
    const times = [answers.p50, answers.p95, answers.p99, settling.p50, settling.p95, settling.p99];
    const costs = [ordersPerSecond, cpuMs.process, cpuMs.postgres, statementsOf(result, run), ratioOf(result)];
    return [[round.title, String(round.orders), ...times, ...costs], ...(control === null ? [] : [controlRow(control)])];
  });
  return toTable(headings, rows);
}

function controlRow({ latencies, perSecond, cpuMs, statements }: ControlResult): readonly Cell[] {
  const times = [latencies.p50, latencies.p95, latencies.p99, null, null, null];
  return ['  same rows, plain SQL', String(latencies.count), ...times, perSecond, cpuMs.process, cpuMs.postgres, statements, 1];
}

export function statementTable(run: CheckoutRun): string {
  const roles = [...new Set(run.results.flatMap(({ statements }) => statements.map(({ role }) => role)))].toSorted();
  const rows = run.results.map((result) => {
    const calls = callsByRole(result.statements);
    const perRole = roles.map((role) => (calls.get(role) ?? 0) / result.round.orders + (run.transactionControl.get(role) ?? 0));
    return [result.round.title, ...perRole, statementsOf(result, run), sum(run.transactionControl.values())];
  });
  return toTable(['statements per order', ...roles, 'all', 'of these BEGIN/COMMIT'], rows);
}

/** What may not rise. */
export function checkoutFigures(run: CheckoutRun): Figures {
  return Object.fromEntries(
    run.results.flatMap((result) => {
      const { title } = result.round;
      const cpu = ratioOf(result);
      const ratio = cpu === null ? [] : [[`CPU to control: ${title}`, cpu] as const];
      return [[`statements per order: ${title}`, statementsOf(result, run)] as const, ...ratio];
    }),
  );
}

/** The promises for one buyer at a time that do not hold, a sentence each. */
export function brokenPromises({ results }: CheckoutRun): readonly string[] {
  return results
    .filter(({ round }) => round.clients === 1)
    .flatMap(({ round, answers, settledInAnswer }) => {
      const limit = round.wait === 'ACCEPTED' ? acceptedWithinMs : settledWithinMs;
      const late = answers.p95 >= limit ? [`${round.title}: p95 is ${answers.p95.toFixed(0)} ms, not below ${String(limit)}`] : [];
      const open = round.wait === 'SETTLED' && settledInAnswer < settledAtLeast;
      const share = (settledInAnswer * 100).toFixed(0);
      return open ? [...late, `${round.title}: only ${share} % of the answers said how the order ended`] : late;
    });
}
