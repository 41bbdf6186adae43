import { missingOf } from './floors.ts';
import { judgePurchases } from './judge.ts';
import { gatewaysThatLeft, phaseFigures, type Outcome } from './report.ts';
import type { PhaseName } from './timeline.ts';

/** In these everything that clients need is there. */
const untouched: readonly PhaseName[] = ['calm', 'kafka stopped', 'kafka killed', 'redis'];
const shown = 10;

/** Everything for which a run fails, in words; empty when it passes. */
export function faultsOf(outcome: Outcome): readonly string[] {
  const { stage, rate, readiness, findings, hotRows } = outcome;
  const { system, timeline, load, audience, prices } = stage;
  const gateways = gatewaysThatLeft(stage);
  const kinds: readonly (readonly string[])[] = [
    findings.filter(({ violations }) => violations.length > 0).map(({ id }) => `${id} is violated`),
    findings.filter(({ checked }) => checked === 0).map(({ id }) => `${id} looked at nothing`),
    judgePurchases(load.purchases, timeline),
    audience.tally.faults,
    prices.stale,
    untouched
      .filter((phase) => prices.unanswered(phase) > 0)
      .map((phase) => `${phase}: ${String(prices.unanswered(phase))} reads got no answer`),
    readiness.faults,
    system.unasked,
    gateways
      .filter(({ cut }) => cut > 0)
      .map(({ absence, cut }) => `${absence.name} cut ${String(cut)} streams instead of ending them with 1001`),
    gateways
      .filter(({ inFlight }) => inFlight === 0)
      .map(({ absence }) => `${absence.name} had nothing to finish when it was told to stop`),
    missingOf({
      figures: phaseFigures(stage),
      rate,
      tally: audience.tally,
      absences: timeline.absences,
      processes: system.apps.processes.length,
      priceChanges: prices.changes(),
      pricesRead: prices.reads(),
      hotRows,
      readinessAsked: readiness.asked(),
      streamsTold: gateways.reduce((sum, { told }) => sum + told, 0),
    }),
  ];
  return kinds.flatMap((faults) =>
    faults.length <= shown ? faults : [...faults.slice(0, shown), `… and ${String(faults.length - shown)} more of the kind`],
  );
}
