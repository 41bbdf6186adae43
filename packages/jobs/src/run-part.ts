import { randomUUID } from 'node:crypto';
import { crashPoint } from '@tally/kernel';
import { inTransaction, sqlOnPg, type openPool } from '@tally/messaging';
import type { Batch, Job, JobPart, Surroundings } from './job.ts';
import { claimLease, holdLease, keepProgress, releaseLease, type Progress } from './lease.ts';

type Pool = ReturnType<typeof openPool>;

/** What a part came to. BUSY: another process runs it at this moment. */
export interface PartReport {
  readonly part: string;
  readonly outcome: 'DONE' | 'BUSY';
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
}

/** How long a claim outlives a process that died, in milliseconds of database time. Every batch extends it. */
export const leaseMs = 30_000;

/** Most findings that a run remembers; all are counted. */
const mostFindings = 1_000;

const nothing: Progress = { cursor: null, counts: {}, findings: [] };

/**
 * Runs one part to its end, a transaction per batch. A process that dies is followed by one that goes on where the last commit was, and comes to the same
 * end with the same report.
 *
 * @throws {LeaseLostError} another process took over; database errors, after which a new run goes on.
 */
export async function runPart(job: Job, part: JobPart, pool: Pool, around: Surroundings): Promise<PartReport> {
  const name = `${job.name}/${part.name}`;
  if (around.dryRun) return { part: part.name, outcome: 'DONE', ...(await lookThrough(part, pool, around)) };
  const lease = await claimLease(sqlOnPg(pool), name, randomUUID(), leaseMs);
  if (lease === null) return { part: part.name, outcome: 'BUSY', counts: {}, findings: [] };
  let progress = lease.progress ?? nothing;
  do {
    const before = progress;
    const step = await part.batch(before.cursor, around);
    progress = await inTransaction(pool, async (sql) => {
      await holdLease(sql, name, lease.fence, leaseMs);
      const after = added(before, await step(sql));
      // Given back by the commit that ends the part: a run that dies after it has nothing to go on with.
      await (after.cursor === null ? releaseLease(sql, name, lease.fence) : keepProgress(sql, name, lease.fence, after));
      return after;
    });
    crashPoint(`job.${job.name}.batch`);
  } while (progress.cursor !== null);
  return { part: part.name, outcome: 'DONE', counts: progress.counts, findings: progress.findings };
}

/** A dry run cannot write: PostgreSQL itself refuses. Nobody is kept from running the part meanwhile. */
async function lookThrough(part: JobPart, pool: Pool, around: Surroundings): Promise<Pick<PartReport, 'counts' | 'findings'>> {
  let progress = nothing;
  do {
    const before = progress;
    const step = await part.batch(before.cursor, around);
    progress = await inTransaction(pool, async (sql) => {
      await sql.count('SET TRANSACTION READ ONLY');
      return added(before, await step(sql));
    });
  } while (progress.cursor !== null);
  return { counts: progress.counts, findings: progress.findings };
}

function added(before: Progress, { cursor, counts, findings }: Batch): Progress {
  const names = new Set([...Object.keys(before.counts), ...Object.keys(counts)]);
  const sum = (name: string): number => (before.counts[name] ?? 0) + (counts[name] ?? 0);
  return {
    cursor,
    counts: Object.fromEntries([...names].map((name) => [name, sum(name)])),
    findings: [...before.findings, ...findings].slice(0, mostFindings),
  };
}
