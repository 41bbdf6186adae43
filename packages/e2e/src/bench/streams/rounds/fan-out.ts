import { quantilesOf } from '../../measure/latencies.ts';
import type { Side } from '../stage.ts';
import { medians } from './medians.ts';

/** How one event reached all subscribers of its key. Milliseconds from the append to the log, unless said otherwise. */
export interface FanOut {
  readonly p50: number;
  readonly p99: number;
  readonly last: number;
  /** Of the 99th percentile, from the moment the append was durable. */
  readonly p99FromCommit: number;
  /** CPU time of the server per subscriber and event, in microseconds. */
  readonly cpuUs: number;
}

const patienceMs = 20_000;

/**
 * Lets a few things happen to one key, one after the other, while everybody listens.
 *
 * @returns the medians of the events.
 * @throws {Error} a subscriber did not get an event, or got it twice.
 */
export async function playFanOut({ system, crowd, past, cpuMs }: Side, key: string, subscribers: number, events: number): Promise<FanOut> {
  const cpuBefore = await cpuMs();
  const measured: Omit<FanOut, 'cpuUs'>[] = [];
  for (let event = 0; event < events; event++) {
    const { heard } = await crowd.listen(subscribers, patienceMs);
    const { sentAtMs, committedAtMs } = await system.publish([{ key, sequence: past.next(key) }]);
    const { atMs, member } = await heard;
    const reached = new Set(member).size;
    if (reached !== subscribers)
      throw new Error(`${system.title}: an event reached ${String(reached)} of ${String(subscribers)} subscribers`);
    const { p50, p99, max } = quantilesOf([...atMs].map((at) => at - sentAtMs));
    measured.push({ p50, p99, last: max, p99FromCommit: p99 - (committedAtMs - sentAtMs) });
  }
  const spent = (await cpuMs()) - cpuBefore;
  return { ...medians(measured), cpuUs: (spent * 1000) / (events * subscribers) };
}
