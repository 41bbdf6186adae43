import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

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

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs the `main.ts` of an app with this environment and nothing else of ours but the path. */
export function runMain(name: string, main: MainFile, environment: Readonly<Record<string, string>>): AppProcess {
  const child = spawn(process.execPath, [main], {
    cwd: repository,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      APOLLO_TELEMETRY_DISABLED: 'true',
      CHECKPOINT_DISABLE: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (printed[stream] += text));
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = (async (): Promise<Ended> => {
    const [code] = (await once(child, 'close')) as [number | null];
    process.off('exit', kill);
    return { code, ...printed };
  })();
  return {
    name,
    ended,
    kill,
    output: () => `${printed.stdout}${printed.stderr}`,
    stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
}

// Below the ports that systems give away by themselves (from 32,768), so that nobody comes upon one between the look and its use; and a block for each
// process, so that those who look at the same time do not find the same.
const [lowestPort, blocks, portsEach] = [20_000, 300, 40];
let looked = 0;

/**
 * A port nobody listens on at this moment, another one at each call.
 *
 * @throws {Error} all of this process are taken.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsEach; tries += 1) {
    const port = lowestPort + (process.pid % blocks) * portsEach + (looked++ % portsEach);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${String(portsEach)} ports none is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
