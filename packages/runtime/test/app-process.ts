import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tally/testkit';

/** What the fixture process does; see `fixture-app.ts`. */
export type Behaviour =
  | 'starts'
  | 'is misconfigured'
  | 'fails to start'
  | 'starts slowly'
  | 'stops for ever'
  | 'fails to stop'
  | 'loses a part'
  | 'reaches a crash point'
  | 'throws later'
  | 'rejects later';

export interface AppProcess extends Disposable {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until the text is on standard output. */
  says(text: string): Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** `runApp` in a process of its own, with these environment variables. */
export function anAppProcess(behaviour: Behaviour, environment: Readonly<Record<string, string>> = {}, shutdownMs = 20_000): AppProcess {
  const path = fileURLToPath(new URL('fixture-app.ts', import.meta.url));
  const child = spawn(process.execPath, [path, behaviour, JSON.stringify(environment), String(shutdownMs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = new Promise<Awaited<AppProcess['exit']>>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    says: (text) => eventually(() => stdout.includes(text), { timeoutMs: 10_000 }),
    kill: (signal) => child.kill(signal),
    exit,
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}
