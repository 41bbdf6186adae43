import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { sumOf } from '@tally/distributed';
import type { SystemProcess } from '../../harness/system.ts';

/** A change of the circuit breaker. */
export interface Change {
  readonly state: string;
  /** Milliseconds of `Date.now()`. */
  readonly at: number;
}

/** The breaker of one process, as whoever watches over it sees it. */
export interface BreakerWatch {
  /** What its health page said about the provider, each at least once. */
  readonly said: ReadonlySet<string>;
  /** Times that it was not ready, in words. */
  readonly faults: readonly string[];
  /** Changes that its metric counted, by state. */
  counted(): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

const states = ['open', 'half-open', 'closed'] as const;
const everyMs = 500;
const patienceMs = 5_000;
const message = 'circuit breaker of the payment provider';

export function watchBreaker({ name, url, metricsUrl }: SystemProcess): BreakerWatch {
  const said = new Set<string>();
  const faults: string[] = [];
  let stopped = false;

  async function ask(): Promise<void> {
    try {
      const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
      const { dependencies = {} } = (await response.json()) as { readonly dependencies?: Readonly<Record<string, string>> };
      said.add(dependencies['provider'] ?? 'nothing');
      if (!response.ok) faults.push(`${name} is not ready: ${JSON.stringify(dependencies)}`);
    } catch (error) {
      faults.push(`${name} does not say whether it is ready: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await ask();
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    said,
    faults,
    async counted() {
      const text = metricsUrl === null ? '' : await (await fetch(metricsUrl)).text();
      return Object.fromEntries(states.map((state) => [state, sumOf(text, 'payment_breaker_changes_total', { state })]));
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** The changes of a breaker in their order, from what its process logged. */
export async function changesIn(logFile: string): Promise<readonly Change[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.includes(message));
  return lines.map((line) => {
    const { state, time } = JSON.parse(line) as { readonly state: string; readonly time: string };
    return { state, at: Date.parse(time) };
  });
}

const follows: Readonly<Record<string, readonly string[]>> = { closed: ['open'], open: ['half-open'], 'half-open': ['open', 'closed'] };

/**
 * What is wrong about the changes of a breaker, in words; `null`: each follows from the one before, and it is closed at the end.
 *
 * @param since after this moment it must have opened, half-opened and closed. Milliseconds of `Date.now()`.
 */
export function wrongChanges(changes: readonly Change[], since: number): string | null {
  let state = 'closed';
  for (const change of changes) {
    if (follows[state]?.includes(change.state) !== true) return `the breaker goes from ${state} to ${change.state}`;
    state = change.state;
  }
  if (state !== 'closed') return `the breaker is ${state} at the end`;
  const later = changes.filter(({ at }) => at >= since).map((change) => change.state);
  const closed = later.lastIndexOf('closed');
  const [opened, tried] = [later.indexOf('open'), later.lastIndexOf('half-open')];
  return opened >= 0 && tried > opened && closed > tried
    ? null
    : `the breaker did not open, half-open and close in turn: ${later.join(', ')}`;
}
