import { sumOf, type PlacedProcess } from '@tally/distributed';

/** What processes counted, over all their lives. */
export interface Counts {
  /** Before one of them stops: what it counted ends with it. */
  keep(name: string): Promise<void>;
  /** Pages of missed events that gateways asked of their owners. */
  replays(): Promise<number>;
  /** Rows of variants that products answered from its hot reads. */
  hotRows(): Promise<number>;
}

interface Counted {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly processes: readonly PlacedProcess[];
  kept: number;
}

export function keepCounts(processes: readonly PlacedProcess[]): Counts {
  const replays: Counted = { metric: 'gateway_replays_total', processes: processes.filter(({ app }) => app === 'gateway'), kept: 0 };
  const hotRows: Counted = {
    metric: 'hot_reads_total',
    labels: { kind: 'variant', result: 'hit' },
    processes: processes.filter(({ name }) => name === 'products-api'),
    kept: 0,
  };
  const read = async ({ metric, labels }: Counted, { metricsUrl }: PlacedProcess): Promise<number> =>
    metricsUrl === null ? 0 : sumOf(await (await fetch(metricsUrl)).text(), metric, labels);
  const total = async (counted: Counted): Promise<number> => {
    const now = await Promise.all(counted.processes.map((process) => read(counted, process)));
    return now.reduce((sum, count) => sum + count, counted.kept);
  };
  return {
    async keep(name) {
      for (const counted of [replays, hotRows])
        for (const process of counted.processes) if (process.name === name) counted.kept += await read(counted, process);
    },
    replays: () => total(replays),
    hotRows: () => total(hotRows),
  };
}
