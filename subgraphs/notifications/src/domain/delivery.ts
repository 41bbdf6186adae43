import type { Id } from '@tally/kernel';

/*
 * The states of a delivery. *Queued*: it waits for its first attempt. *Held*: a worker has claimed it; attempt and fence are committed before the
 * server is called. *Failed*: it waits for the next attempt. *Sent* and *dead* are the ends. A worker that dies leaves a delivery held; after the lease
 * the next one sends it again, under the same Message-ID.
 */

/** A mail that a worker holds. */
export interface Delivery {
  readonly id: Id<'ntf'>;
  readonly fence: number;
  /** This one included. */
  readonly attempts: number;
  readonly messageId: string;
  /** `null`: the user's address is not known yet. */
  readonly to: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly createdAt: Date;
  readonly giveUpAt: Date;
  /** Database time. */
  readonly claimedAt: Date;
}

/** Why a delivery did not get through. REFUSED: this mail never will. `code` says no more than a class of error or an SMTP code. */
export interface Failure {
  readonly kind: 'REFUSED' | 'UNAVAILABLE' | 'NO_ADDRESS';
  readonly code: string;
}

/** How long a delivery is worth trying, in milliseconds. */
export interface Patience {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** What becomes of a delivery that did not get through. `QUEUED`: no attempt was made. */
export interface Verdict {
  readonly status: 'QUEUED' | 'FAILED' | 'DEAD';
  readonly pauseMs: number;
  readonly code: string;
}

/**
 * Full jitter, doubled with each attempt. What is refused for good, or has been tried for long enough, is given up; without an address, arrival of the
 * address ends the pause.
 *
 * @param now database time. @param random 0 to 1.
 */
export function judge(delivery: Delivery, { kind, code }: Failure, now: Date, random: number, patience: Patience): Verdict {
  if (kind === 'REFUSED' || now >= delivery.giveUpAt) return { status: 'DEAD', pauseMs: 0, code };
  if (kind === 'NO_ADDRESS') return { status: delivery.attempts === 0 ? 'QUEUED' : 'FAILED', pauseMs: patience.longestPauseMs, code };
  return { status: 'FAILED', pauseMs: Math.round(random * pauseAfter(delivery.attempts, patience)), code };
}

/** The longest pause after so many failures, 1 or more. */
export const pauseAfter = (failures: number, { firstPauseMs, longestPauseMs }: Patience): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 30));
