import type { Logger } from '@tally/runtime';
import type { UseCases } from '../use-cases/index.ts';
import { startEvery } from './every.ts';

/** Owns silence: every process looks for sagas whose step has run out of time. A full batch is followed by the next at once. */
export const startSweepSagas = (options: {
  readonly useCases: Pick<UseCases, 'expireSagas'>;
  readonly everyMs: number;
  readonly logger: Logger;
}): AsyncDisposable =>
  startEvery({
    name: 'sweep-sagas',
    everyMs: options.everyMs,
    work: async (signal) => {
      while (!signal.aborted && (await options.useCases.expireSagas()) === 50);
    },
    logger: options.logger,
  });
