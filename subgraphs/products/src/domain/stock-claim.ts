import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';

/**
 * One order's claim on stock, from its first command to its end.
 *
 * - RESERVED: its units are held. CommitStock and ReleaseStock move it on.
 * - COMMITTED: its units are sold. ReleaseStock puts them back on the shelf.
 * - RELEASED: it holds nothing and never will; also the tombstone of a release that came before the reservation.
 * - REJECTED: it was refused as a whole; nothing was ever held.
 *
 * Every command gets one reply with the next sequence of the claim, also when it changes nothing.
 */
export type ClaimState = 'RESERVED' | 'REJECTED' | 'COMMITTED' | 'RELEASED';

/** Legal moves; a state that is not a key of the command's row stays as it is. */
export const claimMoves: Readonly<Record<'commit' | 'release', Readonly<Partial<Record<ClaimState, ClaimState>>>>> = {
  commit: { RESERVED: 'COMMITTED' },
  release: { RESERVED: 'RELEASED', COMMITTED: 'RELEASED' },
};

export type RejectionReason = 'SHORT' | 'NOT_SELLABLE' | 'CANCELLED';

/** A line that cannot be served, as the reply tells it. */
export interface ShortLine {
  readonly variantId: Id<'var'>;
  readonly requested: number;
  readonly available: number;
}

/** A claim as it stands, at the moment of a reply. */
export interface StockClaim {
  readonly state: ClaimState;
  /** Of the reply about to be sent. */
  readonly sequence: Sequence;
  readonly reason: string | null;
  readonly short: readonly ShortLine[];
}

export type ReserveReply =
  | { readonly type: 'StockReserved' }
  | { readonly type: 'StockRejected'; readonly reason: RejectionReason; readonly short: readonly ShortLine[] };

/** What ReserveStock is answered, new or repeated: whoever released first is told so, whoever was served once stays served. */
export function replyToReserve({ state, reason, short }: Omit<StockClaim, 'sequence'>): ReserveReply {
  if (state === 'RESERVED' || state === 'COMMITTED') return { type: 'StockReserved' };
  if (state === 'RELEASED') return { type: 'StockRejected', reason: 'CANCELLED', short: [] };
  return { type: 'StockRejected', reason: reason === 'NOT_SELLABLE' ? 'NOT_SELLABLE' : 'SHORT', short };
}
