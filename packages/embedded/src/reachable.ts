import { classifyDatabaseError } from '@tally/messaging';
import { toStartupError } from '@tally/runtime';

const neverConnected: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', '28P01', '28000', '3D000'];

/** Work on databases; one that cannot be reached is one line for the operator. @throws {StartupError} that line; else what the work throws. */
export async function reachable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (neverConnected.includes(code) || classifyDatabaseError(error) === 'reconnect') throw toStartupError('PostgreSQL', error);
    throw error;
  }
}
