import { setTimeout as pause } from 'node:timers/promises';
import type { PlacedProcess } from '@tally/distributed';

/** Somebody who asks every process each second whether it is ready. */
export interface Readiness {
  /** Processes that were not ready, and in which phase, in words. */
  readonly unready: readonly { readonly phase: string; readonly what: string }[];
  readonly asked: () => number;
  stop(): Promise<void>;
}

const everyMs = 1_000;
const patienceMs = 5_000;

/** @param excused processes that somebody stopped on purpose. */
export function watchReady(processes: readonly PlacedProcess[], phase: () => string, excused: ReadonlySet<string>): Readiness {
  const unready: { phase: string; what: string }[] = [];
  const watched = processes.filter(({ app }) => app !== 'payment-simulator');
  let [asked, stopped] = [0, false];

  async function ask({ name, url }: PlacedProcess): Promise<void> {
    if (excused.has(name)) return;
    const then = phase();
    const said = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patienceMs) }).then(
      async (response) => (response.ok ? null : `answers ${String(response.status)} ${await response.text()}`),
      (error: unknown) => `does not answer (${error instanceof Error ? error.message : String(error)})`,
    );
    asked++;
    if (said !== null && !excused.has(name)) unready.push({ phase: then, what: `${name} ${said}` });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await Promise.all(watched.map(ask));
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    unready,
    asked: () => asked,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
