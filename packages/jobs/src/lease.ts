import type { Sql } from '@tally/messaging';

/** What a part has come to so far; it survives the process. */
export interface Progress {
  readonly cursor: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
}

/** The right to run a part, as long as nobody else has claimed it. */
export interface Lease {
  readonly fence: number;
  /** Of a run that died; `null`: at the beginning. */
  readonly progress: Progress | null;
}

/** Somebody else runs the part now; what this process was about to write is rolled back. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly retryable = false;
}

const claim = `INSERT INTO job_lease AS lease (job, owner, fence, lease_until) VALUES ($1, $2::uuid, 1, now() + $3::float8 * interval '1 ms')
ON CONFLICT (job) DO UPDATE SET owner = excluded.owner, fence = lease.fence + 1, lease_until = excluded.lease_until
WHERE lease.lease_until IS NULL OR lease.lease_until <= now()
RETURNING fence::float8 AS fence, progress`;
const hold = `UPDATE job_lease SET lease_until = now() + $3::float8 * interval '1 ms' WHERE job = $1 AND fence = $2`;
const keep = 'UPDATE job_lease SET progress = $3::jsonb WHERE job = $1 AND fence = $2';
const release = 'UPDATE job_lease SET owner = NULL, lease_until = NULL, progress = NULL WHERE job = $1 AND fence = $2';

/**
 * Claims a part for `leaseMs` of database time, under a fence that rises with each claim. What a dead process had come to is handed on.
 *
 * @returns `null`: another process runs it.
 */
export async function claimLease(sql: Sql, part: string, owner: string, leaseMs: number): Promise<Lease | null> {
  const [row] = await sql.rows<Lease>(claim, [part, owner, leaseMs]);
  return row ?? null;
}

/**
 * Extends the lease; the first statement of every batch, on its transaction. The row stays locked until the commit, so that whoever claims the part
 * afterwards sees what this batch wrote, and a process that was taken over writes nothing.
 *
 * @throws {LeaseLostError}
 */
export async function holdLease(sql: Sql, part: string, fence: number, leaseMs: number): Promise<void> {
  if ((await sql.count(hold, [part, fence, leaseMs])) === 0) throw new LeaseLostError(`another process runs ${part}`);
}

/** Remembers what the batch came to, in its transaction. */
export async function keepProgress(sql: Sql, part: string, fence: number, progress: Progress): Promise<void> {
  await sql.count(keep, [part, fence, JSON.stringify(progress)]);
}

/** The part is over: in the transaction of its last batch. */
export async function releaseLease(sql: Sql, part: string, fence: number): Promise<void> {
  await sql.count(release, [part, fence]);
}
