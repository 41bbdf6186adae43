import { quantilesOf } from '../../bench/measure/latencies.ts';
import { toTable } from '../../bench/report/table.ts';
import { belowFloors } from '../../harness/floors.ts';
import { routes, type Visit } from '../traffic.ts';
import { wrongChanges } from './breaker.ts';
import { cases, kinds } from './kinds.ts';
import { mostSockets, type Result } from './run.ts';
import { faultsOf } from './trials.ts';

/** Routes stay below this, or below so many times what they took while all was well: a machine may be busy otherwise. Milliseconds of the 95th percentile. */
const boundMs = 2_000;
const boundTimes = 4;
/** Of visits of a phase that may fail. */
const failingShare = 0.01;

export const phases = ['calm', 'single failures', 'slow', 'after slow', 'down', 'after down'] as const;

/** Everything for which the run fails, in words; empty when it passes. */
export function verdictOn(result: Result): readonly string[] {
  const { trials, outages, visits, breaker, doubts, ledger, quietMs, findings, unasked } = result;
  const down = outages.find(({ phase }) => phase === 'down');
  const peaks = [result.peak, ...outages.map(({ peak }) => peak)];
  const captured = new Set<string>();
  const twice = ledger.filter(({ operation, outcome, order }) => {
    if (operation !== 'capture' || outcome !== 'succeeded') return false;
    if (captured.has(order)) return true;
    captured.add(order);
    return false;
  });
  const logged = (state: string): number => breaker.changes.filter((change) => change.state === state).length;
  return [
    ...trials.flatMap((trial) => faultsOf(trial, ledger)),
    ...twice.map(({ order }) => `${order} was charged twice`),
    ...doubts.released.map((one) => `in doubt, and its stock is let go: ${one}`),
    ...outages.filter(({ settledMs }) => settledMs === null).map(({ phase }) => `${phase}: what was accepted is not settled`),
    ...(Math.max(...peaks) > mostSockets
      ? [`${String(Math.max(...peaks))} connections to the provider at once, ${String(mostSockets)} are allowed`]
      : []),
    ...asList(wrongChanges(breaker.changes, down?.since ?? 0)),
    ...Object.entries(breaker.counted)
      .filter(([state, count]) => count !== logged(state))
      .map(([state, count]) => `the metric counts ${state} ${String(count)} times, the log ${String(logged(state))}`),
    ...['ok', 'down'].filter((state) => !breaker.said.has(state)).map((state) => `no health page said that the provider is ${state}`),
    ...breaker.faults,
    ...phases.flatMap((phase) => slowRoutes(visits, phase)),
    ...findings.filter(({ violations }) => violations.length > 0).map(({ id }) => `${id} is violated`),
    ...findings.filter(({ checked }) => checked === 0).map(({ id }) => `${id} looked at nothing`),
    ...(quietMs === null ? ['I5: not quiet within a minute'] : []),
    ...unasked,
    ...belowFloors([
      ['failures that were met', trials.filter(({ fired }) => fired).length, kinds.length * cases.length],
      ['orders in doubt at a look', doubts.seen, 10],
      ['connections to a slow provider at once', outages.find(({ phase }) => phase === 'slow')?.peak ?? 0, mostSockets - 3],
      ...outages.map(({ phase, accepted }) => [`checkouts while it was ${phase}`, accepted, 25] as const),
      ['orders charged', captured.size, 100],
    ]),
  ];
}

const asList = (fault: string | null): readonly string[] => (fault === null ? [] : [fault]);

const p95 = (visits: readonly Visit[], phase: string, route: string): number =>
  quantilesOf(visits.flatMap((visit) => (visit.phase === phase && visit.route === route ? [visit.latencyMs] : []))).p95;

function slowRoutes(visits: readonly Visit[], phase: string): readonly string[] {
  return routes.flatMap((route) => {
    const [now, calm] = [p95(visits, phase, route), p95(visits, 'calm', route)];
    const bound = Math.max(boundMs, boundTimes * calm);
    const own = visits.filter((visit) => visit.phase === phase && visit.route === route);
    if (own.length === 0) return [`${phase}: nobody came to ${route}`];
    const failing = own.filter(({ failure }) => failure !== null);
    return [
      ...(now <= bound ? [] : [`${phase}: ${route} p95 ${now.toFixed(0)} ms, ${bound.toFixed(0)} ms are allowed`]),
      ...(failing.length <= own.length * failingShare
        ? []
        : [
            `${phase}: ${String(failing.length)} of ${String(own.length)} at ${route} fail: ${[...new Set(failing.map(({ failure }) => failure))].join('; ')}`,
          ]),
    ];
  });
}

/** Seconds to the end of each kind at each operation, and what everybody else felt. */
export function tablesOf({ trials, outages, visits, breaker, peak }: Result): string {
  const settle = toTable(
    ['settled after, s', ...cases.map(({ operation }) => operation)],
    kinds.map((kind) => [
      kind.title,
      ...cases.map((of) => {
        const trial = trials.find((one) => one.of === of && one.kind === kind);
        return trial?.settledMs == null ? null : (trial.settledMs / 1_000).toFixed(1);
      }),
    ]),
  );
  const felt = toTable(
    ['p95, ms', ...phases],
    routes.map((route) => [route, ...phases.map((phase) => p95(visits, phase, route))]),
  );
  const away = outages.map(
    ({ phase, accepted, peak: most, settledMs }) =>
      `${phase}: ${String(accepted)} checkouts accepted meanwhile, settled ${settledMs === null ? 'never' : `${(settledMs / 1_000).toFixed(1)} s after its return`}; at most ${String(most)} connections`,
  );
  const changes = breaker.changes.map(({ state }) => state).join(' → ');
  return `${settle}\n\n${felt}\n\n${away.join('\n')}\nat most ${String(peak)} connections otherwise, ${String(mostSockets)} are allowed\nbreaker: ${changes}\n`;
}
