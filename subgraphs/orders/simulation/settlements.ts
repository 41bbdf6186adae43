import type { Settlements } from '../src/ports/settlements.ts';

/**
 * Nobody is told of a settlement, which shortens a wait at most. Buyers of a simulation ask for ACCEPTED: the wait for SETTLED is measured with the
 * clock of the machine, which a run must not read.
 */
export function createSettlements(): Settlements {
  return {
    announce() {
      // Nobody listens.
    },
    expect() {
      throw new Error('a buyer of a simulation asks for ACCEPTED');
    },
  };
}
