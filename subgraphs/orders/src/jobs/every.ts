import type { Logger } from '@tally/runtime';

/**
 * Runs work again and again, one run at a time, each `everyMs` after the last ended. A run that fails is logged, the next one comes all the same.
 * Disposal aborts the signal and waits for the run at hand.
 */
export function startEvery(options: {
  readonly name: string;
  readonly everyMs: number;
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}): AsyncDisposable {
  const { name, everyMs, work, logger } = options;
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const runLater = (): void => {
    timer = setTimeout(() => {
      running = work(stop.signal)
        .catch((error: unknown) => {
          logger.error({ err: error, job: name }, 'a job failed');
        })
        .finally(() => {
          if (!stop.signal.aborted) runLater();
        });
    }, everyMs).unref();
  };
  runLater();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
