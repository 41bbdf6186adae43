import type { Logger } from '@tally/messaging';
import type { Claimed, createCarryOut, createClaim, createRenew } from '../use-cases/carry-out.ts';
import { startLeasedWorker, type LeasedWorker } from './leased-worker.ts';

/** What the two workers of a process share. */
export interface WorkerOptions {
  readonly claim: ReturnType<typeof createClaim>;
  readonly renew: ReturnType<typeof createRenew>;
  readonly carryOut: ReturnType<typeof createCarryOut>;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly logger: Logger;
}

/** Makes the calls that move money: as many at once as the provider's bulkhead has room for. */
export function startCallProvider({ claim, renew, carryOut, ...options }: WorkerOptions): LeasedWorker {
  return startLeasedWorker<Claimed>({
    ...options,
    name: 'call-provider',
    claim: (limit, leaseMs) => claim('CALLS', limit, leaseMs),
    renew,
    work: carryOut,
  });
}
