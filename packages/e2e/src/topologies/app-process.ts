import { startProcess } from '@tally/distributed';

export { freePort } from '@tally/distributed';

/** A `main.ts` of the repository, by its path from the root. */
export type MainFile = `${string}/main.ts`;

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One app as its own operating-system process. */
export interface AppProcess {
  readonly name: string;
  /** Everything it printed so far. */
  readonly output: () => string;
  readonly ended: Promise<Ended>;
  /** Sends SIGTERM and waits for the end. May be repeated. */
  readonly stop: () => Promise<Ended>;
  /** No mercy, for what must not outlive a test. */
  readonly kill: () => void;
}

/** An app gives up by itself after 25 s. */
const patienceMs = 30_000;

/** Runs the `main.ts` of an app with this environment and nothing else of ours but the path. */
export function runMain(name: string, main: MainFile, variables: Readonly<Record<string, string>>): AppProcess {
  const printed = { stdout: '', stderr: '' };
  const app = startProcess({ file: main, variables, ours: process.env, onOutput: (output, text) => (printed[output] += text) });
  const ended = app.ended.then(({ code }) => ({ code, ...printed }));
  return {
    name,
    ended,
    kill: app.kill,
    output: () => `${printed.stdout}${printed.stderr}`,
    async stop() {
      await app.stop(patienceMs);
      return ended;
    },
  };
}
