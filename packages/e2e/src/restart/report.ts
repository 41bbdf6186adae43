import { toText, type Finding } from '@tally/audit';
import { keepEvidence } from '../harness/evidence.ts';
import { figuresOf, figuresTable } from './figures.ts';
import { inFlightAt, sentAwayBy } from './judge.ts';
import type { ReadinessWatch } from './readiness.ts';
import type { Stage } from './stage.ts';
import type { Absence, PhaseName } from './timeline.ts';

/** Everything that a run came to. */
export interface Outcome {
  readonly stage: Stage;
  /** Purchases per second. */
  readonly rate: number;
  readonly readiness: ReadinessWatch;
  /** In milliseconds, of the phases that have one; `null`: it did not recover in time. */
  readonly recoveries: ReadonlyMap<PhaseName, number | null>;
  readonly findings: readonly Finding[];
  readonly replays: number;
  readonly hotRows: number;
}

/** What a gateway that was restarted did with those who were there. */
export interface GatewayLeft {
  readonly absence: Absence;
  /** Streams that it ended with 1001, and that ended without a word. */
  readonly told: number;
  readonly cut: number;
  /** Checkouts that it had taken and not answered when it was told to stop. */
  readonly inFlight: number;
}

export const gatewaysThatLeft = ({ timeline, audience, load }: Stage): readonly GatewayLeft[] =>
  timeline.absences
    .filter(({ app }) => app === 'gateway')
    .map((absence) => ({ absence, ...sentAwayBy(audience.tally, absence), inFlight: inFlightAt(load.purchases, absence) }));

export const phaseFigures = ({ timeline, load, audience }: Stage) =>
  timeline.phases.map((phase) => figuresOf(phase, load.purchases, audience.tally));

/** The figures of a run, for a terminal. */
export function reportOf({ stage, recoveries, findings, readiness, replays, hotRows }: Outcome): string {
  const { audience, prices } = stage;
  const { events, incomplete } = audience.tally;
  const lines = [
    `${String(events)} events at subscribers, ${String(incomplete)} of them with a part that could not be fetched; ${String(replays)} pages of missed ones were asked of their owners`,
    `${String(prices.changes())} price changes, ${String(prices.reads())} prices read afterwards, ${String(prices.stale.length)} stale; ${String(hotRows)} rows came from hot reads`,
    `${String(readiness.asked())} answers about readiness, ${String(readiness.faults.length)} of them no`,
    ...gatewaysThatLeft(stage).map(
      ({ absence: { name }, told, cut, inFlight }) =>
        `${name}: ${String(told)} streams ended with 1001, ${String(cut)} cut; ${String(inFlight)} checkouts under way when it was told to stop`,
    ),
  ];
  return `\n${figuresTable(phaseFigures(stage), recoveries)}\n\n${toText(findings)}\n${lines.join('\n')}\n`;
}

/** Evidence of a run that failed, beside its logs. */
export async function keepRun(folder: string, { stage: { system, timeline, load, audience }, findings }: Outcome): Promise<void> {
  await keepEvidence(folder, system, { timeline, purchases: load.purchases, ends: audience.tally.ends }, findings);
}
