import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';

/** Live stock of a variant. `version` is one more per change; a lower number is older. */
export interface StockLevel {
  readonly variantId: Id<'var'>;
  /** What can still be sold. */
  readonly available: number;
  /** Held by orders that are under way. */
  readonly reserved: number;
  readonly version: number;
}

/** A level that this transaction made: its version numbers the event that tells of it. */
export interface ChangedStock extends StockLevel {
  readonly version: Sequence;
}

/** A level, and when it was read by the clock of the database. */
export interface ReadStock extends StockLevel {
  readonly asOf: Date;
}

/** A level as its row holds it, and when that row changed last. */
export interface DatedStock extends StockLevel {
  readonly changedAt: Date;
}

export type StockStatus = 'IN_STOCK' | 'LOW' | 'OUT_OF_STOCK';

const lowFrom = 5;

/** LOW means that five or fewer are left. */
export function stockStatus(available: number): StockStatus {
  if (available <= 0) return 'OUT_OF_STOCK';
  return available <= lowFrom ? 'LOW' : 'IN_STOCK';
}

/** Units of one variant that an order wants. */
export interface StockLine {
  readonly variantId: Id<'var'>;
  readonly quantity: number;
}

/** Two lines of one variant are one wish: checked one by one, two halves of an impossible order would pass. In id order, as rows are locked. */
export function sumLines(lines: readonly StockLine[]): readonly StockLine[] {
  const sums = new Map<Id<'var'>, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return [...sums]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((left, right) => (left.variantId < right.variantId ? -1 : 1));
}

/** Why a stock row changed. Only ADJUSTED counts in both directions. */
export type MovementKind = 'OPENING' | 'ADJUSTED' | 'RESERVED' | 'RELEASED' | 'COMMITTED' | 'RESTOCKED';

/** What one unit of a movement does to a stock row. The audit adds these up; they must give the row. */
export const movementEffect: Readonly<Record<MovementKind, { readonly available: number; readonly reserved: number }>> = {
  OPENING: { available: 1, reserved: 0 },
  ADJUSTED: { available: 1, reserved: 0 },
  RESERVED: { available: -1, reserved: 1 },
  RELEASED: { available: 1, reserved: -1 },
  COMMITTED: { available: 0, reserved: -1 },
  RESTOCKED: { available: 1, reserved: 0 },
};
