import { isCrashPoint, onCrashPoint } from '@tally/kernel';
import type { Environment } from './environment.ts';
import { createLogger, type Logger } from './logger.ts';
import { StartupError } from './startup-error.ts';

export interface RunOptions {
  readonly name: string;
  readonly environment: Environment;
  readonly start: (logger: Logger) => Promise<AsyncDisposable>;
  /** What may be left when a signal comes, in milliseconds; default 25,000. Beyond it the process exits 1. */
  readonly shutdownMs?: number;
}

/**
 * The one call of every `main.ts`: starts, waits for SIGTERM or SIGINT, disposes, exits 0. A `StartupError` is printed as one line, exit code 1; so
 * is any other failure to start, whose details go to the log. A second signal, or a shutdown that takes too long, exits 1.
 *
 * `CRASH_POINT=name:count` makes the process kill itself with SIGKILL when that point is reached for the count-th time (docs/reliability.md, proof);
 * production refuses to start with it.
 */
export async function runApp(options: RunOptions): Promise<void> {
  const { name, environment, start, shutdownMs = 25_000 } = options;
  const logger = createLogger({ service: name, level: environment['LOG_LEVEL'] ?? 'info' });
  const starting = Promise.resolve().then(() => {
    armCrashPoint(environment);
    return start(logger);
  });

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) {
      leave(1, `${name}: ${signal} again, leaving at once`);
      return;
    }
    stopping = true;
    logger.info({ signal }, 'stopping');
    // Not unref'd: it also keeps the process alive until disposal is done, whatever handles its parts have let go of.
    setTimeout(() => {
      leave(1, `${name}: shutdown takes too long`);
    }, shutdownMs);
    // A signal during the start waits for it: half a start cannot be undone.
    starting
      .then((app) => app[Symbol.asyncDispose]())
      .then(
        () => {
          logger.info({}, 'stopped');
          leave(0);
        },
        (error: unknown) => {
          logger.fatal({ err: error }, 'shutdown failed');
          leave(1, `${name}: shutdown failed`);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  try {
    await starting;
  } catch (error) {
    if (!(error instanceof StartupError)) logger.fatal({ err: error }, 'cannot start');
    const line = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    leave(1, `${name} cannot start: ${line ?? ''}`);
  }
}

/** Exits once the line is out; pipes are flushed by the write's callback. */
function leave(code: 0 | 1, line?: string): void {
  if (line === undefined) process.exit(code);
  process.stderr.write(`${line}\n`, () => process.exit(code));
}

function armCrashPoint(environment: Environment): void {
  const armed = environment['CRASH_POINT'];
  if (armed === undefined || armed === '') return;
  if (environment['NODE_ENV'] === 'production') throw new StartupError('CRASH_POINT is set: unset it, production never starts armed');
  const [point = '', count = '1'] = armed.split(':');
  if (!isCrashPoint(point))
    throw new StartupError(`CRASH_POINT names ${point}, which is not registered: see packages/kernel/src/crash-point.ts`);
  let left = Number(count);
  onCrashPoint((reached) => {
    if (reached === point && --left === 0) process.kill(process.pid, 'SIGKILL');
  });
}
