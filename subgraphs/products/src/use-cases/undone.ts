import { refuse, type Outcome } from '@tally/kernel';
import type { Refusal } from '../domain/refusal.ts';
import type { Transact, Unit } from '../ports/unit-of-work.ts';

/** Carries a refusal out of a transaction that has written already, so that it rolls back. */
class Undone extends Error {
  override readonly name = 'Undone';
  readonly refusals: readonly Refusal[];
  constructor(refusals: readonly Refusal[]) {
    super('refused after a write');
    this.refusals = refusals;
  }
}

/** Runs a unit of work that leaves nothing behind when the business says no. */
export async function allOrRefused<T>(
  transact: Transact,
  work: (unit: Unit) => Promise<Outcome<T, readonly Refusal[]>>,
): Promise<Outcome<T, readonly Refusal[]>> {
  try {
    return await transact(async (unit) => {
      const outcome = await work(unit);
      if (!outcome.ok) throw new Undone(outcome.refusal);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undone) return refuse(error.refusals);
    throw error;
  }
}
