import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { AttemptEnd } from '../domain/attempt.ts';
import type { Call, Work } from '../domain/operation.ts';
import type { Settlement } from '../domain/settlement.ts';

/** Trace context of the command that started an operation (W3C Trace Context). */
export interface Carried {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** CALLS: what goes on with a call. ENQUIRIES: what goes on with an enquiry, operations left behind by a dead worker included. */
export type Queue = 'CALLS' | 'ENQUIRIES';

/** The operations of all payments, each carried out by one worker at a time. Leases live in database time (docs/reliability.md, leases and fencing). */
export interface WorkQueue {
  /**
   * Claims operations that are due and gives each a new fence. Only the first open operation of a payment is ever given out.
   *
   * @param limit 1 to 100.
   * @param leaseMs how long the claim holds, 1,000 to 60,000 ms of database time; renew at a third.
   * @returns longest overdue first; empty when nothing is due.
   * @throws a database error; retryable, nothing was claimed as far as anybody can tell before the lease ends.
   */
  claim(queue: Queue, limit: number, leaseMs: number): Promise<readonly (Work & { readonly trace: Carried })[]>;
  /** Ends all leases at once: for a process that knows that every other worker is dead. @throws a database error; retryable. */
  takeOver(): Promise<void>;
  /** Extends leases that still hold. @throws a database error; retryable. */
  renew(held: readonly Pick<Work, 'operation' | 'fence'>[], leaseMs: number): Promise<void>;
  /**
   * Puts an attempt on record as STARTED, committed before the call. An attempt that a dead worker left open ends as UNKNOWN.
   *
   * @returns its number within the payment, or `null`: the lease is lost, and no call may be made.
   * @throws a database error; nothing is on record then, or the lease's end will tell.
   */
  openAttempt(work: Work, call: Call | 'ENQUIRE'): Promise<number | null>;
}

/** How an attempt ended and how long the provider took, in milliseconds. */
export interface FinishedAttempt extends AttemptEnd {
  readonly number: number;
  readonly latencyMs: number;
}

/** What a transaction writes when a step is over. */
export interface SettlementStore {
  /**
   * Writes operation, payment, refund and attempt under the fence.
   *
   * @returns whether other commands of this payment wait; `null`: somebody else took over, or this very step is written already, and nothing was written.
   * @throws {Error} the payment was not in the status that the settlement started from: a bug, the transaction must not commit.
   */
  write(work: Work, settlement: Settlement, attempt: FinishedAttempt | null): Promise<{ readonly othersWait: boolean } | null>;
  /** Raises the sequence of the order's stream, which stays locked until the commit, and gives that many numbers in a row. */
  raise(orderId: Id<'ord'>, count: number): Promise<readonly Sequence[]>;
}
