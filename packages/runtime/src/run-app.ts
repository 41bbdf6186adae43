import { isCrashPoint, onCrashPoint } from '@tally/kernel';
import type { Environment } from './environment.ts';
import { createLogger, type Logger } from './logger.ts';
import { StartupError } from './startup-error.ts';

/** What a process runs. */
export interface RunningApp extends AsyncDisposable {
  /** Rejects when a part had to stop that nothing replaces: a process without it would only look healthy. */
  readonly ended?: Promise<unknown> | null;
}

export interface RunOptions {
  readonly name: string;
  readonly environment: Environment;
  readonly start: (logger: Logger) => Promise<RunningApp>;
  /** What may be left when a signal comes, in milliseconds; default 25,000. Beyond it the process exits 1. */
  readonly shutdownMs?: number;
}

/**
 * The one call of every `main.ts`: starts, waits for SIGTERM, SIGINT or SIGHUP, disposes, exits 0. A `StartupError` is printed as one line, exit code 1; so
 * is any other failure to start, whose details go to the log. A signal during the start waits for it, since half a start cannot be undone. A second
 * signal (the same one within half a second is no second), a shutdown that takes too long, a part that had to stop and an error that nobody caught exit 1.
 *
 * `CRASH_POINT=name:count` makes the process kill itself with SIGKILL when that point is reached for the count-th time (docs/reliability.md, proof);
 * production refuses to start with it.
 */
export async function runApp(options: RunOptions): Promise<void> {
  const { name, environment, start, shutdownMs = 25_000 } = options;
  // Alive until it leaves, whatever its parts have let go of: an event loop that runs empty would end the process in the middle of a start or a disposal.
  setInterval(() => undefined, 3_600_000);
  let logger = createLogger({ service: name });
  const limitShutdown = (): void => {
    setTimeout(() => leave(logger, 1, `${name}: shutdown takes too long`), shutdownMs);
  };
  const stopped = onSignals((signal, again) => {
    if (again) return leave(logger, 1, `${name}: ${signal} again, leaving at once`);
    limitShutdown();
  });
  // What is half done is safe on disk, as after a crash; what is in memory cannot be trusted any more.
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'nobody caught an error');
    leave(logger, 1, `${name}: an error that nobody caught; see the log`);
  });
  let app: RunningApp;
  try {
    logger = createLogger({ service: name, level: environment['LOG_LEVEL'] ?? 'info' });
    armCrashPoint(environment);
    app = await start(logger);
  } catch (error) {
    if (!(error instanceof StartupError)) logger.fatal({ err: error }, 'cannot start');
    leave(logger, 1, `${name} cannot start: ${firstLine(error)}`);
    return;
  }
  const failed = await Promise.race([stopped.then(() => null), failureOf(app.ended)]);
  if (failed === null) logger.info({ signal: await stopped }, 'stopping');
  else {
    logger.fatal({ err: failed.error }, 'a part had to stop');
    limitShutdown();
  }
  try {
    await app[Symbol.asyncDispose]();
    logger.info({}, 'stopped');
    if (failed === null) leave(logger, 0);
    else leave(logger, 1, `${name}: a part had to stop: ${firstLine(failed.error)}`);
  } catch (error) {
    logger.fatal({ err: error }, 'shutdown failed');
    leave(logger, 1, `${name}: shutdown failed`);
  }
}

/** Never settles unless it was rejected. */
function failureOf(ended: RunningApp['ended']): Promise<{ readonly error: unknown }> {
  return new Promise((resolve) => {
    ended?.catch((error: unknown) => {
      resolve({ error });
    });
  });
}

/** npm hands on what the terminal has sent to all of us already: the same signal within this time is the same Ctrl-C. */
const echoMs = 500;

/** Resolves with the first signal; `heard` is told of each. */
function onSignals(heard: (signal: NodeJS.Signals, again: boolean) => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let last: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
    // SIGHUP: the terminal was closed.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const at = performance.now();
        if (last?.signal === signal && at - last.at < echoMs) return;
        heard(signal, last !== undefined);
        last = { signal, at };
        resolve(signal);
      });
    }
  });
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

/** Exits once the log and the line are out, or after a second where nobody reads them. */
function leave(logger: Logger, code: 0 | 1, line?: string): void {
  const exit = (): void => {
    process.exit(code);
  };
  setTimeout(exit, 1_000);
  logger.flush(() => {
    if (line === undefined) exit();
    else process.stderr.write(`${line}\n`, exit);
  });
}

/**
 * Arms this process as `CRASH_POINT` says; for programs that `runApp` does not start.
 *
 * @throws {StartupError} it names no point or no count, or this is production.
 */
export function armCrashPoint(environment: Environment): void {
  const armed = environment['CRASH_POINT'];
  if (armed === undefined || armed === '') return;
  if (environment['NODE_ENV'] === 'production') throw new StartupError('CRASH_POINT is set: unset it, production never starts armed');
  const [point = '', count = '1', ...more] = armed.split(':');
  if (!isCrashPoint(point))
    throw new StartupError(`CRASH_POINT names ${point}, which is not registered: see packages/kernel/src/crash-point.ts`);
  if (more.length > 0 || !/^[1-9]\d{0,8}$/.test(count))
    throw new StartupError(`CRASH_POINT counts ${count}, which is no number from 1: write ${point}:1`);
  let left = Number(count);
  onCrashPoint((reached) => {
    if (reached === point && --left === 0) process.kill(process.pid, 'SIGKILL');
  });
}
