import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment, nodeFlags } from '@tally/distributed';

const main = fileURLToPath(new URL('../../../embedded/src/main.ts', import.meta.url));

/** Where a system keeps its data and listens; the same over all its lives. */
export interface Place {
  readonly dataDir: string;
  readonly port: number;
  readonly simulatorPort: number;
  readonly metricsPort: number;
}

/** One life of the system: a real process that can be killed. */
export interface Life {
  readonly readyAfterMs: number;
  /** Whether it still runs. */
  alive(): boolean;
  /** Sends the signal and waits for the end. @returns exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | NodeJS.Signals>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  printed(): string;
}

/**
 * Starts the platform in one process on its data folder.
 *
 * @param crash a crash point and its hit count, `name:count`.
 * @returns the life once it is ready, or once it has died on its way there.
 */
export async function live(place: Place, crash?: string): Promise<Life> {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, [...nodeFlags, main], {
    env: childEnvironment(process.env, {
      DATA_DIR: place.dataDir,
      PORT: String(place.port),
      SIMULATOR_PORT: String(place.simulatorPort),
      METRICS_PORT: String(place.metricsPort),
      LIMITS_PROFILE: 'load',
      ...(crash === undefined ? {} : { CRASH_POINT: crash }),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let announce: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed = `${printed}${chunk.toString()}`.slice(-200_000);
      if (/^ready\b/m.test(printed)) announce();
    });
  }
  const ended = (once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => signal ?? code ?? -1);
  await Promise.race([ready, ended]);
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    readyAfterMs: performance.now() - startedAt,
    alive,
    ended,
    printed: () => printed,
    async end(signal) {
      if (alive()) child.kill(signal);
      return ended;
    },
  };
}
