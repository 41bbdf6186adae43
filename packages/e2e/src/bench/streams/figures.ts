import type { Figures } from '../report/ceilings.ts';
import type { StreamsRun } from './run.ts';

const kilobyte = 1024;

/** The bars of live events. Bytes, milliseconds. */
export const bars = {
  bytesPerConnection: 20 * kilobyte,
  /** Of one event to 3,000 subscribers, and of 1,000 events a second. */
  p99Ms: 53,
  /** One event to 10,000 subscribers. */
  lastMs: 500,
  /** 99th percentile of a fan-out from the commit on, in relation to the control, which commits nothing: it varies too much for a ceiling of its own. */
  p99ToControl: 2,
  /** Growth of the heap while 160,000 subscriptions come and go: 16 bytes each, less than any object takes. */
  heapGrowth: 2.5 * kilobyte * kilobyte,
};

/** How a measured figure stands to its bar. */
export interface Bar {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly met: boolean;
  /** The machine itself leaves no doubt: a bare server needs less than half of what is allowed. */
  readonly fair: boolean;
}

const crowded = 10_000;

export function allBars(run: StreamsRun): readonly Bar[] {
  const within = (what: string, value: number, control: number, limit: number, unit: string, scale = 1): Bar => ({
    what,
    value: `${(value / scale).toFixed(1)} ${unit}`,
    limit: `${String(limit / scale)} ${unit}`,
    met: value < limit,
    fair: control <= limit / 2,
  });
  const { steady, churned, liveReplays } = run;
  const exact = (what: string, value: number): Bar => ({ what, value: String(value), limit: '0', met: value === 0, fair: true });
  return [
    ...run.memory.flatMap(({ title, gateway, control }) =>
      gateway.map(({ connections, perConnection }, step) =>
        within(
          `memory per connection, ${title}, ${String(connections)}`,
          ...([perConnection, control[step]?.perConnection ?? 0, bars.bytesPerConnection, 'KB', kilobyte] as const),
        ),
      ),
    ),
    ...run.fanOut.map(({ subscribers, gateway, control }) =>
      subscribers >= crowded
        ? within(`one event to ${String(subscribers)}, last`, gateway.last, control.last, bars.lastMs, 'ms')
        : within(`one event to ${String(subscribers)}, p99`, gateway.p99, control.p99, bars.p99Ms, 'ms'),
    ),
    ...run.fanOut.map(({ subscribers, gateway, control }) =>
      within(
        `one event to ${String(subscribers)}, p99 from commit to control`,
        gateway.p99FromCommit / control.p99,
        1,
        bars.p99ToControl,
        '×',
      ),
    ),
    within(`${String(steady.perSecond)} events a second, p99`, steady.gateway.p99, steady.control.p99, bars.p99Ms, 'ms'),
    exact('events lost', steady.gateway.lost),
    exact('events out of order', steady.gateway.disordered),
    exact('replays while live', liveReplays),
    within('growth of the heap', churned.heapBytes[1] - churned.heapBytes[0], 0, bars.heapGrowth, 'MB', kilobyte * kilobyte),
    ...Object.entries(churned.left).map(([name, count]) => exact(name, count)),
  ];
}

/** The bars that were missed and that this machine can be held to, a sentence each. */
export const brokenBars = (run: StreamsRun): readonly string[] =>
  allBars(run)
    .filter(({ met, fair }) => !met && fair)
    .map(({ what, value, limit }) => `${what}: ${value}, not within ${limit}`);

/** What may not rise, all in relation to the control. */
export function streamsFigures({ memory, fanOut, steady }: StreamsRun): Figures {
  const ratio = (gateway: number, control: number): number => gateway / control;
  return Object.fromEntries([
    ...memory.flatMap(({ title, gateway, control }) =>
      gateway.map(
        ({ connections, perConnection }, step) =>
          [`memory to control: ${title}, ${String(connections)}`, ratio(perConnection, control[step]?.perConnection ?? 0)] as const,
      ),
    ),
    ...fanOut.map(
      ({ subscribers, gateway, control }) =>
        [`CPU to control: one event to ${String(subscribers)}`, ratio(gateway.cpuUs, control.cpuUs)] as const,
    ),
    [`CPU to control: ${String(steady.perSecond)} events a second`, ratio(steady.gateway.cpuMs, steady.control.cpuMs)] as const,
  ]);
}
