import type { Delivery, Verdict } from '../domain/delivery.ts';
import type { Carried } from './notifications-store.ts';

/** A delivery with the trace it belongs to. */
export type Claimed = Delivery & { readonly trace: Carried };

/** Mails on their way, each carried by one worker at a time. Leases live in database time (docs/reliability.md, leases and fencing). */
export interface DeliveryQueue {
  /**
   * Claims mails that are due and gives each a new fence. Where the address is known this is an attempt, counted and committed before the call.
   *
   * @param limit 1 to 100.
   * @param leaseMs how long the claim holds, in milliseconds of database time; longer than a mail may take, so that nobody has to renew it.
   * @returns longest overdue first; empty when nothing is due.
   * @throws a database error; retryable, nothing was claimed as far as anybody can tell before the lease ends.
   */
  claim(limit: number, leaseMs: number): Promise<readonly Claimed[]>;
  /** Ends all leases at once: for a process that knows that every other worker is dead. @throws a database error; retryable. */
  takeOver(): Promise<void>;
  /** Records that the server took the mail. @returns `false`: somebody else took over, nothing was written. @throws a database error. */
  sent(delivery: Delivery): Promise<boolean>;
  /** Records what becomes of a mail that did not get through. @returns and @throws as `sent`. */
  failed(delivery: Delivery, verdict: Verdict): Promise<boolean>;
  /** Age of the oldest mail on its way, in seconds; 0 when there is none. @throws a database error. */
  oldestSeconds(): Promise<number>;
}
