import type { Part } from './crew.ts';
import type { Trial } from './trial.ts';

/** Fewest of each, by events that were asked for: a trial in which too little happened proves nothing. */
export interface Floors {
  readonly killsOf: Readonly<Record<Part, number>>;
  readonly repeats: number;
  readonly redelivered: number;
}

const shown = 5;

/** Everything for which a trial fails, in words; empty when it passes. */
export function faultsOf(trial: Trial, events: number, floors: Floors): readonly string[] {
  const { standing, judgement, faults, moves, redelivered, rolledBack } = trial;
  const { lost, appliedTwice, outOfOrder, phantoms, repeats } = judgement;
  const counted: readonly (readonly [string, number, number])[] = [
    ['events committed', standing.committed, events],
    ['events rolled back', rolledBack, 1],
    ['changes of positions', moves.count, 1],
    ['repeats on the log', repeats, floors.repeats],
    ['deliveries after the effect', redelivered, floors.redelivered],
    ...(['relay', 'member', 'writer'] as const).map((part) => [`kills of a ${part}`, killsOf(trial, part), floors.killsOf[part]] as const),
  ];
  return [
    ...[faults, lost, appliedTwice, outOfOrder, phantoms, moves.faults].flatMap((kind) =>
      kind.length <= shown ? kind : [...kind.slice(0, shown), `… and ${String(kind.length - shown)} more of the kind`],
    ),
    ...counted
      .filter(([, count, floor]) => count < floor)
      .map(([what, count, floor]) => `only ${String(count)} ${what}, at least ${String(floor)} must be`),
  ];
}

/** What a trial came to, for a terminal. */
export function reportOf(trial: Trial): string {
  const { kind, standing, judgement, records, rolledBack, redelivered, moves, tookMs, quietAfterMs } = trial;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const rows: readonly (readonly [string, string])[] = [
    ['events committed', String(standing.committed)],
    ['events rolled back', `${String(rolledBack)}, on the log or applied: ${String(judgement.phantoms.length)}`],
    ['lost', String(judgement.lost.length)],
    ['applied twice', String(judgement.appliedTwice.length)],
    ['out of order', String(judgement.outOfOrder.length)],
    ['records on the log', `${String(records)}, of these repeats: ${String(judgement.repeats)}`],
    ['delivered after the effect', String(redelivered)],
    ['changes of positions', `${String(moves.count)}, backwards: ${String(moves.faults.length)}`],
    ['kills', killsInWords(trial)],
    [
      'time',
      `${seconds(tookMs)}, ${String(Math.round((standing.applied * 1_000) / tookMs))} events/s from commit to effect; ${seconds(quietAfterMs)} after the last kill`,
    ],
  ];
  return `\nlog on ${kind}\n${rows.map(([what, value]) => `  ${what.padEnd(27)} ${value}\n`).join('')}`;
}

const killsOf = ({ deaths }: Trial, part: Part): number => deaths.filter((death) => death.part === part).length;

function killsInWords(trial: Trial): string {
  const parts = (['relay', 'member', 'writer'] as const).map((part) => {
    const places = Map.groupBy(
      trial.deaths.filter((death) => death.part === part),
      ({ where }) => where,
    );
    const words = [...places].map(([where, deaths]) => `${String(deaths.length)} ${where === 'moment' ? 'at random' : `at ${where}`}`);
    return `${part} ${String(killsOf(trial, part))}${words.length === 0 ? '' : ` (${words.join(', ')})`}`;
  });
  return parts.join('; ');
}
