import type { Id } from '@tally/kernel';
import type { StockClaim } from '../domain/stock-claim.ts';
import type { ChangedStock, StockLine } from '../domain/stock.ts';

/** The claim after a command, and every stock row that the command changed. */
export interface ClaimAfter {
  readonly claim: StockClaim;
  readonly changed: readonly ChangedStock[];
}

/**
 * Stock of one open transaction. Claim, stock rows, reservations and ledger change in one statement, rows locked in id order, so that crossing orders
 * queue instead of deadlocking; no row is ever read, reckoned with and written back. What can be bought again is shown to searches at once.
 *
 * @throws database errors, 40P01 among them, which a repeat of the whole unit cures.
 */
export interface StockStore {
  /**
   * Takes all lines or none. A claim that exists already answers for itself, whatever the lines.
   *
   * @param lines distinct variants, positive quantities.
   */
  reserve(orderId: Id<'ord'>, lines: readonly StockLine[]): Promise<ClaimAfter>;
  /** Sells what is reserved. A claim in another state stays as it is; `null` when there is none. */
  commit(orderId: Id<'ord'>): Promise<ClaimAfter | null>;
  /** Gives back what is reserved or sold. Without a claim it leaves one that is RELEASED, so that a reservation still under way is refused. */
  release(orderId: Id<'ord'>, reason: string): Promise<ClaimAfter>;
  /**
   * Adds to what is available.
   *
   * @param delta not zero.
   * @returns the level after it; `short` with what is there when it would end below zero, `full` above a billion; `null`: no such variant.
   */
  adjust(
    variantId: Id<'var'>,
    delta: number,
    reason: string,
  ): Promise<ChangedStock | { readonly refused: 'short' | 'full'; readonly available: number } | null>;
  /** Lets searches know whether anything of the variant's product can be bought, as it stands once this call holds the search row. */
  followStock(variantId: Id<'var'>): Promise<void>;
}
