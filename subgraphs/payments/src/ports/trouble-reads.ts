import type { Id } from '@tally/kernel';
import type { Call } from '../domain/operation.ts';

/** A payment that is in doubt, or that a person has to look at. */
export interface TroubledPayment {
  readonly paymentId: Id<'pay'>;
  readonly orderId: Id<'ord'>;
  /** What is in doubt. */
  readonly operation: Call | null;
  readonly since: Date;
  readonly attention: string | null;
  readonly enquiries: number;
  /** `null`: none comes by itself. */
  readonly nextEnquiryAt: Date | null;
  /** Calls to the provider so far. */
  readonly attempts: number;
}

/** How much is in doubt. */
export interface Doubts {
  readonly count: number;
  /** Age of the oldest, in seconds of database time; 0 without any. */
  readonly oldestSeconds: number;
}

/** Payments that are not certain, on the database that takes the writes. Each call is one statement. Nobody's rights are checked here. */
export interface TroubleReads {
  /** Longest first. @param after the last of the page before. @param limit 1 to 101. */
  page(after: Pick<TroubledPayment, 'since' | 'paymentId'> | null, limit: number): Promise<readonly TroubledPayment[]>;
  /** Counted up to 10,001. */
  count(): Promise<number>;
  doubts(): Promise<Doubts>;
}
