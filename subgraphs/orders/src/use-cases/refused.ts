import { ok, refuse, type Outcome } from '@tally/kernel';
import type { Refusal, Refusals } from '../domain/refusal.ts';

/** Ends a unit of work without a trace of it: what was refused inside a transaction is rolled back by it. Never leaves a use case. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusals: Refusals;
  constructor(...refusals: readonly Refusal[]) {
    super('refused');
    this.refusals = refusals;
  }
}

/** The outcome of a unit of work that may refuse. */
export async function orRefusals<T>(work: Promise<T>): Promise<Outcome<T, Refusals>> {
  try {
    return ok(await work);
  } catch (error) {
    if (error instanceof RefusedError) return refuse(error.refusals);
    throw error;
  }
}
