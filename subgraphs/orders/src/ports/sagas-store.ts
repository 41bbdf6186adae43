import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { MoveSequences } from '../domain/messages.ts';
import type { OrderStatus } from '../domain/order.ts';
import type { Advance, Saga } from '../domain/saga.ts';

/** A saga as read in one snapshot, with what decides about it. */
export interface SagaState {
  readonly saga: Saga;
  /** Raised by every change: compare-and-set. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly cartId: Id<'cart'> | null;
  readonly confirmed: boolean;
  /** Database time, the only time deadlines know. */
  readonly now: Date;
  /** Trace context of the checkout. */
  readonly traceparent: string | null;
}

/** Numbers drawn from the locked rows: one per command in the order of `Advance.send`, two for a change of status. */
export interface AppliedSequences {
  readonly commands: readonly Sequence[];
  readonly move: MoveSequences | null;
}

/** Sagas in an open transaction. Faults are database errors; a lost race is retried by `Transact`. */
export interface SagasStore {
  /** `null`: no such order. */
  load(orderId: Id<'ord'>): Promise<SagaState | null>;
  /**
   * Writes what was decided on a state: saga, commands answered, made void and sent, the order's move with its timeline entry. The buyer's stream is
   * the last row locked.
   *
   * @throws when the saga or the order has changed since `load`; the unit runs again from a fresh read.
   */
  apply(
    state: SagaState,
    advance: Advance,
    reply: { readonly commandId: Id<'cmd'> | null; readonly type: string } | null,
  ): Promise<AppliedSequences>;
  /** Takes a saga that is due, unless another process has it or it is due no more. Held until the transaction ends. */
  takeDue(orderId: Id<'ord'>): Promise<boolean>;
}

/** What the sweeper needs outside of transactions. */
export interface DueSagas {
  /** Orders whose saga is due in database time, longest overdue first; at most `limit` (1 to 50). */
  list(limit: number): Promise<readonly Id<'ord'>[]>;
  /** A saga could not be swept: looks again after a pause that grows; the tenth time a person has to look. */
  postpone(orderId: Id<'ord'>, why: string): Promise<void>;
}
