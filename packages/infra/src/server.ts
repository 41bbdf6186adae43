import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '@tally/runtime';
import { lastLines, startProcess, type Launch, type ServerProcess } from './server-process.ts';

/** A server on this machine that can be stopped, killed and started again, always on the same port and folder. Disposing stops it. */
export interface Server extends AsyncDisposable {
  /** SIGTERM, and waits until it has ended. Does nothing when it is not running. */
  readonly stop: () => Promise<void>;
  /** SIGKILL, and waits until it has ended. Does nothing when it is not running. */
  readonly kill: () => Promise<void>;
  /** Starts it again and waits until it answers; does nothing when it runs. @throws {StartupError} with the end of its log; retryable. */
  readonly start: () => Promise<void>;
  /** What it prints. */
  readonly logFile: string;
}

/** How one kind of server is run. */
export interface Kind {
  readonly name: string;
  readonly launch: Launch;
  /** Resolves when the server answers what its clients ask; throws while it does not. Each call takes two seconds at most. */
  readonly answers: () => Promise<void>;
  /** How long a start may take, in milliseconds. */
  readonly startWithinMs: number;
  /** How long a stop may take before SIGKILL, in milliseconds. */
  readonly stopWithinMs: number;
}

const PAUSE_MS = 25;
const QUOTED_LINES = 15;

/** Starts a server and waits until it answers. @throws {StartupError} with the end of its log; retryable. */
export async function startServer(kind: Kind): Promise<Server> {
  const { launch, stopWithinMs } = kind;
  let running: ServerProcess | null = null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    await running?.end(signal, stopWithinMs);
    running = null;
  };
  const server: Server = {
    logFile: launch.logFile,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      if (running !== null && running.ending() === null) return;
      running = startProcess(launch);
      try {
        await untilItAnswers(kind, running);
      } catch (error) {
        await end('SIGKILL');
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
  await server.start();
  return server;
}

async function untilItAnswers({ name, launch, answers, startWithinMs }: Kind, running: ServerProcess): Promise<void> {
  const deadline = performance.now() + startWithinMs;
  for (;;) {
    const failure = await answers().then(
      () => null,
      (error: unknown) => error,
    );
    // Its end first: where our port was taken, it is a stranger who answers.
    const reason = running.ending() ?? (failure !== null && performance.now() > deadline ? `silent for ${startWithinMs} ms` : null);
    if (reason !== null) {
      throw new StartupError(`${name} did not start (${reason}); the end of its log:\n${lastLines(launch.logFile, QUOTED_LINES)}`, {
        cause: failure,
      });
    }
    if (failure === null) return;
    await sleep(PAUSE_MS);
  }
}
