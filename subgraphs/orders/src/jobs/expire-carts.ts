import type { Logger } from '@tally/runtime';
import type { UseCases } from '../use-cases/index.ts';
import { startEvery } from './every.ts';

const everyMs = 10 * 60_000;

/** Removes carts past their day. Several processes may do so at once: each takes the carts the others have not. */
export const startExpireCarts = ({
  useCases,
  logger,
}: {
  readonly useCases: Pick<UseCases, 'expireCarts'>;
  readonly logger: Logger;
}): AsyncDisposable => startEvery({ name: 'expire-carts', everyMs, work: (signal) => useCases.expireCarts(signal), logger });
