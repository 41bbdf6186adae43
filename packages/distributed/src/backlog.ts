import { setTimeout as sleep } from 'node:timers/promises';
import { sumOf } from './prometheus.ts';
import type { SubgraphName } from './system.ts';

/** Where the workers of a subgraph serve their metrics. */
export interface MeasuredWorkers {
  readonly subgraph: SubgraphName;
  readonly metricsUrls: readonly string[];
}

const lookEveryMs = 250;

/**
 * Waits until what is in outboxes and topics has had its effect: no outbox has rows that should travel, no group is behind, twice in a row, since what was
 * handled in between may have written again.
 *
 * @param patienceMs in milliseconds; 0 looks once.
 * @returns what was still behind when patience ran out, in words; empty when nothing was.
 */
export async function untilCaughtUp(workers: readonly MeasuredWorkers[], patienceMs: number): Promise<readonly string[]> {
  const startedAt = performance.now();
  for (let quiet = 0; ;) {
    const behind = (await Promise.all(workers.map(behindOf))).flat();
    quiet = behind.length === 0 ? quiet + 1 : 0;
    if (quiet === 2) return [];
    if (performance.now() - startedAt >= patienceMs) return behind;
    await sleep(lookEveryMs);
  }
}

async function behindOf({ subgraph, metricsUrls }: MeasuredWorkers): Promise<readonly string[]> {
  const text = (await Promise.all(metricsUrls.map(pageOf))).join('\n');
  // One relay of a subgraph is at work and knows its outbox. Right after the start none may be, and nobody knows.
  if (sumOf(text, 'relay_active') === 0) return [`the relay of ${subgraph} is not at work yet`];
  // Consumers tell how far behind they are as far as the log answers, and of parked keys in any case.
  if (text.includes('\nconsumer_parked_keys{') && !text.includes('\nconsumer_lag_records{'))
    return [`the log does not tell how far ${subgraph} has read`];
  const unsent = sumOf(text, 'outbox_pending') - sumOf(text, 'outbox_parked');
  // Each worker tells of the whole group.
  const unread = sumOf(text, 'consumer_lag_records') / metricsUrls.length;
  return [
    ...(unsent > 0 ? [`${subgraph} has ${String(unsent)} events to send`] : []),
    ...(unread > 0 ? [`${subgraph} has ${String(Math.ceil(unread))} events to read`] : []),
  ];
}

/** Empty for one that does not answer: it has ended, or is about to. */
const pageOf = (url: string): Promise<string> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    (response) => response.text(),
    () => '',
  );
