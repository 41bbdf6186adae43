import { toTable, type Cell } from '../report/table.ts';
import { allBars } from './figures.ts';
import type { FanOut } from './rounds/fan-out.ts';
import type { Steady } from './rounds/steady.ts';
import type { StreamsRun } from './run.ts';

const kilobyte = 1024;
const megabyte = kilobyte * kilobyte;

/** Everything a run measured, for a terminal. */
export function streamsTables(run: StreamsRun): string {
  return [memoryTable(run), fanOutTable(run), steadyTable(run), churnLines(run), barsTable(run)].join('\n\n');
}

function memoryTable({ memory }: StreamsRun): string {
  const rows = memory.flatMap(({ title, gateway, control }) =>
    gateway.map(({ connections, perConnection }, step) => {
      const bare = control[step]?.perConnection ?? Number.NaN;
      return [title, String(connections), perConnection / kilobyte, bare / kilobyte, perConnection / bare];
    }),
  );
  return toTable(['one subscription each', 'connections', 'gateway KB each', 'bare ws KB', '× control'], rows);
}

function fanOutTable({ fanOut }: StreamsRun): string {
  const cells = ({ p50, p99, p99FromCommit, last, cpuUs }: FanOut): readonly Cell[] => [p50, p99, p99FromCommit, last, cpuUs];
  const rows = fanOut.flatMap(({ subscribers, gateway, control }) => [
    [`one event to ${String(subscribers)}`, ...cells(gateway), gateway.p99FromCommit / control.p99, gateway.cpuUs / control.cpuUs],
    ['  bare ws', ...cells(control), 1, 1],
  ]);
  return toTable(['', 'p50 ms', 'p99', 'from commit p99', 'last', 'CPU-µs each', 'from commit × control', 'CPU × control'], rows);
}

function steadyTable({ steady: { perSecond, gateway, control } }: StreamsRun): string {
  const cells = ({ p50, p95, p99, max, cpuMs, lost, disordered }: Steady): readonly Cell[] => [
    ...[p50, p95, p99, max, cpuMs],
    ...[String(lost), String(disordered)],
  ];
  return toTable(
    ['', 'p50 ms', 'p95', 'p99', 'max', 'CPU-ms per event', 'lost', 'out of order', 'CPU × control'],
    [
      [`${String(perSecond)} events a second, one subscriber each`, ...cells(gateway), gateway.cpuMs / control.cpuMs],
      ['  bare ws', ...cells(control), 1],
    ],
  );
}

function churnLines({ churned, liveReplays }: StreamsRun): string {
  const { cycles, heapBytes, cpuMsPerCycle, perSecond, left, abandoned, overflows } = churned;
  const counted = Object.entries(cycles).map(([state, count]) => `${String(count)} ${state}`);
  const remaining = Object.entries(left).map(([name, count]) => `${name} ${String(count)}`);
  return [
    `subscribed and cancelled: ${counted.join(', ')}; ${perSecond.toFixed(0)} a second, ${cpuMsPerCycle.toFixed(2)} CPU-ms each`,
    `heap after a fifth ${(heapBytes[0] / megabyte).toFixed(1)} MB, after all ${(heapBytes[1] / megabyte).toFixed(1)} MB; left over: ${remaining.join(', ')}`,
    `replays given up: ${String(abandoned)}; queues that were full: ${String(overflows)}`,
    `replays while live: ${String(liveReplays)}`,
  ].join('\n');
}

function barsTable(run: StreamsRun): string {
  const rows = allBars(run).map(({ what, value, limit, met, fair }) => [
    what,
    value,
    limit,
    met ? 'met' : fair ? 'MISSED' : 'missed, as the control nearly is',
  ]);
  return toTable(['bar', 'measured', 'allowed', ''], rows);
}
