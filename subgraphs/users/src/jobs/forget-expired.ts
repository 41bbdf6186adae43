import type { Logger } from '@tally/runtime';

const everyMs = 600_000;

/**
 * Sweeps every ten minutes, ± 10 % so that replicas do not sweep together; several at once do no harm. A failure is logged, and the next sweep makes up
 * for it. Disposal waits for the sweep at hand.
 */
export function startForgetExpired(forgetExpired: () => Promise<void>, logger: Pick<Logger, 'warn'>): AsyncDisposable {
  let sweep: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const plan = (): void => {
    timer = setTimeout(
      () => {
        sweep = forgetExpired()
          .catch((error: unknown) => {
            logger.warn({ err: error }, 'expired sessions could not be removed');
          })
          .finally(plan);
      },
      everyMs * (0.9 + Math.random() * 0.2),
    ).unref();
  };
  plan();
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await sweep;
      clearTimeout(timer);
    },
  };
}
