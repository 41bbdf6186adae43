import { classifyDatabaseError } from '@tally/messaging';
import type { SimulatedProcess } from '@tally/simulation';
import type { Queue } from '../src/ports/work-queue.ts';
import type { Claimed, createCarryOut, createClaim, createRenew } from '../src/use-cases/carry-out.ts';

export interface LooksOptions {
  readonly process: Pick<SimulatedProcess, 'monotonicMs'>;
  readonly claim: ReturnType<typeof createClaim>;
  readonly renew: ReturnType<typeof createRenew>;
  readonly carryOut: ReturnType<typeof createCarryOut>;
  readonly concurrency: number;
  /** Of database time; renewed at a third by the process's own clock. */
  readonly leaseMs: number;
  /** Told of a job that broke off by something else than its database. */
  readonly jobFailed: ((error: unknown) => void) | null;
}

/**
 * What the two workers of a process do, one look at a time. A look claims as much as there is room for and begins it; like a worker it does not wait
 * for the end. What breaks off is left to its lease. An error that is not the database's comes out of the next look, unless `jobFailed` takes it.
 */
export function createLooks({ process, claim, renew, carryOut, concurrency, leaseMs, jobFailed }: LooksOptions) {
  const held: Readonly<Record<Queue, Set<Claimed>>> = { CALLS: new Set(), ENQUIRIES: new Set() };
  const bugs: unknown[] = [];
  let renewAtMs = process.monotonicMs() + leaseMs / 3;

  function brokenOff(error: unknown): void {
    if (classifyDatabaseError(error) !== 'fault') return;
    if (jobFailed === null) bugs.push(error);
    else jobFailed(error);
  }
  function throwBug(): void {
    if (bugs.length > 0) throw bugs.shift();
  }

  async function carry(which: Queue, job: Claimed): Promise<void> {
    try {
      await carryOut(job);
    } catch (error) {
      brokenOff(error);
    } finally {
      held[which].delete(job);
    }
  }

  return {
    /** @returns whether something was claimed. @throws what an earlier job met that its database did not do. */
    async look(which: Queue): Promise<boolean> {
      throwBug();
      const room = concurrency - held[which].size;
      if (room <= 0) return false;
      const jobs = await claim(which, room, leaseMs).catch((error: unknown) => {
        brokenOff(error);
        return [];
      });
      for (const job of jobs) {
        held[which].add(job);
        void carry(which, job);
      }
      return jobs.length > 0;
    },
    /** @returns whether leases had to be renewed. @throws as `look`. */
    async renewDue(): Promise<boolean> {
      throwBug();
      if (process.monotonicMs() < renewAtMs) return false;
      renewAtMs = process.monotonicMs() + leaseMs / 3;
      const jobs = [...held.CALLS, ...held.ENQUIRIES];
      await renew(jobs, leaseMs).catch(brokenOff);
      return jobs.length > 0;
    },
    /** How many jobs this process holds. */
    held: (): number => held.CALLS.size + held.ENQUIRIES.size,
  };
}
