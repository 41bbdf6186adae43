import type { Claimed } from '../use-cases/carry-out.ts';
import type { WorkerOptions } from './call-provider.ts';
import { startLeasedWorker, type LeasedWorker } from './leased-worker.ts';

/**
 * Enquires after what is in doubt, what waits for its buyer and what a dead worker left behind. A worker of its own: a provider that answers
 * enquiries slowly holds up no call, and a queue of calls holds up no doubt.
 */
export function startSettleDoubts({ claim, renew, carryOut, ...options }: WorkerOptions): LeasedWorker {
  return startLeasedWorker<Claimed>({
    ...options,
    name: 'settle-doubts',
    claim: (limit, leaseMs) => claim('ENQUIRIES', limit, leaseMs),
    renew,
    work: carryOut,
  });
}
