import { setTimeout as pause } from 'node:timers/promises';
import type { PlacedProcess } from '@tally/distributed';
import type { Timeline } from './timeline.ts';

/** Somebody who asks every process again and again whether it is ready, as an orchestrator does. */
export interface ReadinessWatch {
  /** Times that a process was not ready although nobody had stopped it, in words. */
  readonly faults: readonly string[];
  readonly asked: () => number;
  stop(): Promise<void>;
}

const everyMs = 1_000;
const patienceMs = 5_000;

export function watchReadiness(processes: readonly PlacedProcess[], timeline: Timeline): ReadinessWatch {
  const faults: string[] = [];
  let [asked, stopped] = [0, false];
  // The simulator is somebody else's house: it has no health page.
  const watched = processes.filter(({ app }) => app !== 'payment-simulator');

  async function ask({ name, url }: PlacedProcess): Promise<void> {
    const away = (): boolean => timeline.away?.name === name;
    if (away()) return;
    const phase = timeline.now();
    const askedAt = performance.now();
    const said = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) }).then(
      async (response) => (response.ok ? null : `answered ${String(response.status)} ${await response.text()}`),
      (error: unknown) => `did not answer (${error instanceof Error ? error.message : String(error)})`,
    );
    asked += 1;
    // Asked to stop while it was being asked, or back since.
    const absent = timeline.absences.some((absence) => absence.name === name && absence.until >= askedAt);
    if (said !== null && !away() && !absent) faults.push(`${phase}: ${name} ${said}`);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await Promise.all(watched.map(ask));
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    faults,
    asked: () => asked,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Whether each of these processes says that one of its dependencies is so. */
export async function allSay(processes: readonly PlacedProcess[], dependency: string, state: string): Promise<boolean> {
  const answers = await Promise.all(
    processes.map(async ({ url }) => {
      const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
      const { dependencies = {} } = (await response.json()) as { readonly dependencies?: Readonly<Record<string, string>> };
      return response.status === 200 && dependencies[dependency] === state;
    }),
  );
  return answers.every(Boolean);
}
