import type { ControlResult } from '../control/run-control.ts';
import { callsByRole } from '../measure/statements.ts';
import type { Figures } from '../report/ceilings.ts';
import { toTable } from '../report/table.ts';
import type { Idle } from '../quiet.ts';
import type { RoundResult } from './round.ts';

const acceptedWithinMs = 100;
const settledWithinMs = 500;
/** p95 of the settled answers must be within the limit: so must their share be. */
const settledAtLeast = 0.95;

const cpuOf = ({ cpuMs }: Pick<RoundResult, 'cpuMs'>): number => cpuMs.process + cpuMs.postgres;
const ratioOf = (result: RoundResult, control: ControlResult): number => cpuOf(result) / cpuOf(control);

export function checkoutTable(results: readonly RoundResult[], control: ControlResult): string {
  const headings = [
    '',
    'orders',
    'p50 ms',
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
  const rows = results.map((result) => {
    const { round, answers, settling, ordersPerSecond, cpuMs, statementsPerOrder } = result;
    const times = [answers.p50, answers.p95, answers.p99, settling.p50, settling.p95, settling.p99];
    return [
      round.title,
      String(round.orders),
      ...times,
      ordersPerSecond,
      cpuMs.process,
      cpuMs.postgres,
      statementsPerOrder,
      ratioOf(result, control),
    ];
  });
  const { latencies, perSecond, cpuMs, statements } = control;
  const plain = [
    'control: plain SQL, 3 lines',
    String(latencies.count),
    latencies.p50,
    latencies.p95,
    latencies.p99,
    null,
    null,
    null,
    perSecond,
    cpuMs.process,
    cpuMs.postgres,
    statements,
    1,
  ];
  return toTable(headings, [...rows, plain]);
}

export function statementTable(results: readonly RoundResult[]): string {
  const roles = [...new Set(results.flatMap(({ statements }) => statements.map(({ role }) => role)))].toSorted();
  const rows = results.map(({ round, statements, statementsPerOrder }) => {
    const { roles: counted, control } = callsByRole(statements);
    const calls = new Map(counted);
    return [round.title, ...roles.map((role) => (calls.get(role) ?? 0) / round.orders), statementsPerOrder, control / round.orders];
  });
  return toTable(['statements per order', ...roles, 'all', 'of these BEGIN/COMMIT'], rows);
}

export const idleLine = ({ cpuMs, statements }: Idle): string =>
  `idle, per second: ${cpuMs.process.toFixed(1)} CPU-ms process, ${cpuMs.postgres.toFixed(1)} PostgreSQL, ${statements.toFixed(1)} statements`;

/** What may not rise. */
export function checkoutFigures(results: readonly RoundResult[], control: ControlResult): Figures {
  return Object.fromEntries(
    results.flatMap((result) => {
      const { title, clients } = result.round;
      const ratio = clients === 1 ? [] : [[`CPU to control: ${title}`, ratioOf(result, control)] as const];
      return [[`statements per order: ${title}`, result.statementsPerOrder] as const, ...ratio];
    }),
  );
}

/** The promises for one buyer at a time that do not hold, a sentence each. */
export function brokenPromises(results: readonly RoundResult[]): readonly string[] {
  return results
    .filter(({ round }) => round.clients === 1)
    .flatMap(({ round, answers, settledInAnswer }) => {
      const limit = round.wait === 'ACCEPTED' ? acceptedWithinMs : settledWithinMs;
      const late = answers.p95 >= limit ? [`${round.title}: p95 is ${answers.p95.toFixed(0)} ms, not below ${String(limit)}`] : [];
      const open = round.wait === 'SETTLED' && settledInAnswer < settledAtLeast;
      return open
        ? [...late, `${round.title}: only ${(settledInAnswer * 100).toFixed(0)} % of the answers said how the order ended`]
        : late;
    });
}
