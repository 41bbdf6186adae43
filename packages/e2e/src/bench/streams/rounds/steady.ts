import { setTimeout as pause } from 'node:timers/promises';
import { quantilesOf } from '../../measure/latencies.ts';
import type { Heard } from '../crowd/gathering.ts';
import { monotonicMs } from '../monotonic.ts';
import type { Side } from '../stage.ts';
import type { Happening } from '../systems/system.ts';
import { medians } from './medians.ts';

/** How a steady stream of events reached one subscriber each. Milliseconds from the append to the log. */
export interface Steady {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** CPU time of the server per event, in milliseconds. */
  readonly cpuMs: number;
  /** Events that did not come, and events that came before an earlier one or twice. */
  readonly lost: number;
  readonly disordered: number;
}

/** Rounds together: medians, but what is wrong once is wrong. */
export function overall(rounds: readonly Steady[]): Steady {
  const sum = (figure: 'lost' | 'disordered'): number => rounds.reduce((total, round) => total + round[figure], 0);
  return { ...medians(rounds), lost: sum('lost'), disordered: sum('disordered') };
}

const ticksPerSecond = 100;
const patienceMs = 15_000;

/**
 * Lets things happen to all keys in turn, so many per second, in batches as a relay makes them. Nobody waits for anybody: what is due is sent.
 *
 * @param keys of the members of the crowd, in their order.
 */
export async function playSteady(side: Side, keys: readonly string[], perSecond: number, seconds: number): Promise<Steady> {
  const { system, crowd, past, cpuMs } = side;
  const first = keys.map((key) => past.at(key));
  const sentAt = keys.map((): number[] => []);
  const total = perSecond * seconds;
  const { heard } = await crowd.listen(total, seconds * 1000 + patienceMs);
  const cpuBefore = await cpuMs();
  const startedAt = monotonicMs();
  const publishing: Promise<void>[] = [];
  for (let sent = 0; sent < total;) {
    const due = Math.min(
      total,
      Math.ceil((Math.floor(((monotonicMs() - startedAt) / 1000) * ticksPerSecond) + 1) * (perSecond / ticksPerSecond)),
    );
    const members = Array.from({ length: due - sent }, (_, index) => (sent + index) % keys.length);
    sent = due;
    if (members.length > 0) publishing.push(publish(members));
    await pause(1000 / ticksPerSecond / 2);
  }
  await Promise.all(publishing);
  const result = await heard;
  const spent = (await cpuMs()) - cpuBefore;
  return { ...judge(result, sentAt, first), lost: total - result.member.length, cpuMs: spent / total };

  async function publish(members: readonly number[]): Promise<void> {
    const happenings: Happening[] = members.map((member) => {
      const key = keys[member] ?? '';
      return { key, sequence: past.next(key) };
    });
    const now = monotonicMs();
    for (const member of members) sentAt[member]?.push(now);
    await system.publish(happenings);
  }
}

function judge(
  { member, sequence, atMs }: Heard,
  sentAt: readonly (readonly number[])[],
  first: readonly number[],
): Omit<Steady, 'lost' | 'cpuMs'> {
  const last = [...first];
  const latencies: number[] = [];
  let disordered = 0;
  for (const [index, who] of member.entries()) {
    const number = sequence[index] ?? 0;
    if (number !== (last[who] ?? 0) + 1) disordered++;
    last[who] = number;
    const at = sentAt[who]?.[number - (first[who] ?? 0) - 1];
    if (at !== undefined) latencies.push((atMs[index] ?? 0) - at);
  }
  const { p50, p95, p99, max } = quantilesOf(latencies);
  return { p50, p95, p99, max, disordered };
}
