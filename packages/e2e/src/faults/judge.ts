import type { Finding } from '@tally/audit';
import { quantilesOf } from '../bench/measure/latencies.ts';
import { toTable } from '../bench/report/table.ts';
import { belowFloors } from '../harness/floors.ts';
import type { Expectation } from './stage.ts';
import { routes, type Route, type Visit } from './traffic.ts';

/** What one line of the fault table came to. */
export interface Outcome {
  readonly id: string;
  readonly expects: Expectation;
  readonly visits: readonly Visit[];
  /** Phases in which a process was not ready without having been stopped, with what it said. */
  readonly unready: readonly { readonly phase: string; readonly what: string }[];
  /** What the fault itself found wrong. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  /** `null`: it did not come about. */
  readonly quietMs: number | null;
  readonly findings: readonly Finding[];
  readonly unasked: readonly string[];
  readonly tookMs: number;
}

/** Codes that say: not now, ask again. */
const askAgain: ReadonlySet<string> = new Set(['SUBGRAPH_UNAVAILABLE', 'TIMEOUT', 'IDEMPOTENCY_IN_PROGRESS']);
/**
 * Nobody waits for what is away: less than the five seconds that a slow Redis would cost, or so many times what it was before, for a machine may be busy
 * otherwise. Milliseconds of the 95th percentile.
 */
const boundMs = 4_000;
const boundTimes = 6;
/** Of the people who come while something is broken. */
const servedFloor = 10;

export const isToldToAskAgain = (failure: string): boolean => failure !== '' && failure.split(', ').every((code) => askAgain.has(code));

/** Everything for which a line fails, in words; empty when it holds. */
export function faultsOf(outcome: Outcome): readonly string[] {
  const { id, expects, visits, unready, faults, quietMs, findings, unasked } = outcome;
  const failed = visits.filter(({ failure }) => failure !== null);
  const wrongly = expects === 'served' ? failed : failed.filter(({ failure }) => !isToldToAskAgain(failure ?? ''));
  const served = visits.length - failed.length;
  return [
    ...faults,
    ...counted(wrongly.map(({ phase, route, failure }) => `${phase}: ${route} fails with ${failure === '' ? 'no code' : (failure ?? '')}`)),
    ...(expects === 'served' ? counted(unready.map(({ phase, what }) => `${phase}: ${what}`)) : []),
    ...(expects === 'served' ? slow(visits) : []),
    ...findings.filter(({ violations }) => violations.length > 0).map((finding) => `${finding.id} is violated`),
    ...findings.filter(({ checked }) => checked === 0).map((finding) => `${finding.id} looked at nothing`),
    ...(quietMs === null ? ['I5: not quiet within a minute'] : []),
    ...unasked,
    ...belowFloors([
      ['people served', served, servedFloor],
      ['checkouts accepted', visits.filter(({ route, failure }) => route === 'checkout' && failure === null).length, servedFloor],
    ]),
  ].map((fault) => (fault.startsWith(id) ? fault : `${id}: ${fault}`));
}

function counted(texts: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times].map(([text, count]) => (count === 1 ? text : `${text} (${String(count)} times)`));
}

const p95 = (visits: readonly Visit[], phase: string, route: Route): number =>
  quantilesOf(visits.flatMap((visit) => (visit.phase === phase && visit.route === route ? [visit.latencyMs] : []))).p95;

function slow(visits: readonly Visit[]): readonly string[] {
  const phases = [...new Set(visits.map(({ phase }) => phase))].filter((phase) => phase !== 'calm');
  return phases.flatMap((phase) =>
    routes.flatMap((route) => {
      const [now, calm] = [p95(visits, phase, route), p95(visits, 'calm', route)];
      const bound = Math.max(boundMs, boundTimes * (Number.isFinite(calm) ? calm : 0));
      return now > bound ? [`${phase}: ${route} p95 ${now.toFixed(0)} ms, ${bound.toFixed(0)} ms are allowed`] : [];
    }),
  );
}

/** What everybody felt, by phase. */
export function tableOf({ visits, notes, quietMs }: Outcome): string {
  const phases = [...new Set(visits.map(({ phase }) => phase))];
  const rows = phases.map((phase) => {
    const own = visits.filter((visit) => visit.phase === phase);
    const checkouts = own.filter(({ route }) => route === 'checkout');
    const accepted = checkouts.filter(({ failure }) => failure === null).length;
    return [phase, String(own.length), `${String(accepted)}/${String(checkouts.length)}`, ...routes.map((route) => p95(own, phase, route))];
  });
  const quiet = quietMs === null ? 'not quiet' : `quiet ${(quietMs / 1_000).toFixed(1)} s after the last visit`;
  return `${toTable(['phase', 'visits', 'accepted', ...routes.map((route) => `${route} p95`)], rows)}\n${notes.map((note) => `  ${note}`).join('\n')}\n  ${quiet}\n`;
}
