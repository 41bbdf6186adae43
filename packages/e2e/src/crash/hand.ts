import { setTimeout as pause } from 'node:timers/promises';
import type { CrashPoint } from '@tally/kernel';
import type { Witness } from '../harness/witness.ts';
import type { Orchestrator } from './orchestrator.ts';
import type { Parking } from './parking.ts';
import type { Drive, Target } from './points.ts';
import type { Recovery } from './recovery.ts';

/** A point and the process that dies there. */
export interface Aim extends Target {
  readonly name: string;
}

/** What hands share. */
export interface Hands {
  readonly orchestrator: Orchestrator;
  readonly witness: Witness;
  readonly parking: Parking;
  readonly recovery: Recovery;
  /**
   * How long, in milliseconds, a process that has died is let be when orders of that time are still under way. 0: it is armed with its next point as it starts
   * again, which only makes sense where all die together and what the dead held is free at once.
   */
  readonly breathMs: number;
  /** Points at which nobody died. */
  readonly silent: CrashPoint[];
}

const patienceMs = 90_000;
// Whoever dies again and again as it starts brings no order to its end.
const [chainMs, longestBreathMs] = [20_000, 60_000];
const parkedWithinMs = 20_000;

/** Has one process after the other die at its point, and starts it again. */
export async function tryInTurn(aims: readonly Aim[], hands: Hands): Promise<void> {
  const { orchestrator, recovery, breathMs, silent } = hands;
  let chained = false;
  for (const [index, { point, name, drive }] of aims.entries()) {
    if (!chained) await recovery.breath(name, breathMs === 0 ? longestBreathMs : breathMs);
    await orchestrator.arm(name, point);
    const fired = await orchestrator.untilFired(name, patienceMs, () => act(drive, point, hands));
    if (!fired) silent.push(point);
    const next = aims[index + 1];
    chained = fired && breathMs === 0 && next?.name === name && recovery.openMs() < chainMs;
    if (fired) await orchestrator.startAgain(name, chained ? (next?.point ?? null) : null);
    if (drive === 'parking') await hands.parking.mend();
  }
}

async function act(drive: Drive, point: CrashPoint, { witness, parking }: Hands): Promise<void> {
  if (drive === 'overdue') await witness.runOutOfTime();
  if (drive !== 'parking') return;
  const isParked = await parking.isParked();
  if (point === 'event.redrive.after' && isParked) return parking.mend();
  if (isParked) await parking.mend();
  await parking.poison();
  await pause(parkedWithinMs);
}

/** The same aims, so that neighbours are different processes as far as that goes; else the order is kept. */
export function spread(aims: readonly Aim[]): readonly Aim[] {
  const waiting = [...aims];
  const order: Aim[] = [];
  for (let last = ''; waiting.length > 0; last = order.at(-1)?.name ?? '') {
    const most = mostFrequent(waiting.filter(({ name }) => name !== last));
    const at = Math.max(
      0,
      waiting.findIndex(({ name }) => name === most),
    );
    order.push(...waiting.splice(at, 1));
  }
  return order;
}

function mostFrequent(aims: readonly Aim[]): string | undefined {
  const counts = Map.groupBy(aims, ({ name }) => name);
  return [...counts].toSorted(([, left], [, right]) => right.length - left.length)[0]?.[0];
}
