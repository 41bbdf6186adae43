import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { MoveSequences } from '../domain/messages.ts';
import type { OrderDraft } from '../domain/order-draft.ts';
import type { FulfilmentStatus, Order, OrderMove, OrderStatus } from '../domain/order.ts';
import type { Command } from '../domain/saga-commands.ts';

/** Orders in an open transaction. Faults are database errors; a lost race is retried by `Transact`. */
export interface OrdersStore {
  /**
   * Stores order, lines, first timeline entry, saga and its first command; locks the buyer's stream, which must be the last row this transaction locks.
   *
   * @param reserveMs how long the saga waits for the stock, in milliseconds of database time.
   * @param traceparent W3C trace context of the checkout, or `null`.
   */
  place(draft: OrderDraft, reserve: Command, reserveMs: number, traceparent: string | null): Promise<Placed>;
  /** Locks the order until the transaction ends, against every other change of it. `null`: there is none. */
  lock(orderId: Id<'ord'>): Promise<LockedOrder | null>;
  /**
   * Moves an order that this transaction has locked, with its timeline entry, and raises both streams; the buyer's is the last row locked.
   *
   * @throws when its status is not `move.from` any more; the unit runs again.
   */
  move(orderId: Id<'ord'>, move: OrderMove): Promise<MoveSequences>;
  /** Records how much of a locked order is on its way. */
  setFulfilment(orderId: Id<'ord'>, fulfilment: FulfilmentStatus): Promise<void>;
}

export interface Placed {
  readonly order: Order;
  readonly sequences: MoveSequences;
  /** Of the first command to products. */
  readonly commandSequence: Sequence;
}

export interface LockedOrder {
  readonly id: Id<'ord'>;
  readonly buyerId: Id<'usr'>;
  readonly status: OrderStatus;
  readonly placedAt: Date;
  readonly lineIds: readonly Id<'line'>[];
}
