import type { OrderStatusName, ProblemData } from '@tally/events';
import type { Id, Money } from '@tally/kernel';
import type { PostalAddress } from './address.ts';

export type OrderStatus = OrderStatusName;
export type OrderPhase = 'OPEN' | 'COMPLETED' | 'UNSUCCESSFUL';
export type FulfilmentStatus = 'UNFULFILLED' | 'PARTIAL' | 'FULFILLED';
export type CancelReason = 'CUSTOMER' | 'INVENTORY' | 'FRAUD' | 'PAYMENT' | 'TIMEOUT';
export type OrderAction = 'CANCEL' | 'TRACK';

/** Why an order was rejected, declined or cancelled. */
export type Problem = ProblemData;

/** What one may read of an order. Amounts are in one currency; `total = subtotal - discount + shipping`, `tax` is contained. */
export interface Order {
  readonly id: Id<'ord'>;
  readonly number: string;
  readonly sagaId: Id<'saga'>;
  readonly buyerId: Id<'usr'>;
  readonly status: OrderStatus;
  readonly sequence: number;
  readonly fulfilmentStatus: FulfilmentStatus;
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly discount: Money;
  readonly total: Money;
  readonly shippingAddress: PostalAddress;
  readonly problems: readonly Problem[];
  readonly cancelReason: CancelReason | null;
  readonly allowedActions: readonly OrderAction[];
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
  readonly updatedAt: Date;
}

/** What was bought, as it was at that moment. */
export interface OrderLine {
  readonly id: Id<'line'>;
  readonly orderId: Id<'ord'>;
  readonly variantId: Id<'var'>;
  readonly sellerId: Id<'sell'>;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

/** One entry of an order's timeline. */
export interface OrderEvent {
  readonly orderId: Id<'ord'>;
  readonly sequence: number;
  readonly previous: OrderStatus | null;
  readonly status: OrderStatus;
  readonly note: string | null;
  readonly occurredAt: Date;
}

/** One entry of a buyer's stream: a step of any of their orders. */
export interface BuyerEvent {
  readonly orderId: Id<'ord'>;
  readonly sequence: number;
  readonly status: OrderStatus;
  readonly occurredAt: Date;
}

/** A change of status: written only `WHERE status = from`, together with its timeline entry and its events. */
export interface OrderMove {
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly note: string | null;
  /** `null`: those it has stay. */
  readonly problems: readonly Problem[] | null;
  /** `null`: the one it has stays. */
  readonly cancelReason: CancelReason | null;
}

/** Every legal change of status (schema.graphql, OrderStatus). States without a successor are ends. */
export const legalMoves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['STOCK_RESERVED', 'REJECTED', 'CANCELLED'],
  STOCK_RESERVED: ['CONFIRMED', 'PAYMENT_FAILED', 'CANCELLING'],
  CONFIRMED: ['PROCESSING', 'CANCELLING'],
  PROCESSING: ['PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLING'],
  PARTIALLY_SHIPPED: ['SHIPPED'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: ['COMPLETED'],
  COMPLETED: [],
  REJECTED: [],
  PAYMENT_FAILED: [],
  CANCELLING: ['CANCELLED'],
  CANCELLED: [],
};

const phases: Readonly<Record<OrderPhase, readonly OrderStatus[]>> = {
  OPEN: ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLING'],
  COMPLETED: ['DELIVERED', 'COMPLETED'],
  UNSUCCESSFUL: ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED'],
};

export const isLegalMove = (from: OrderStatus, to: OrderStatus): boolean => legalMoves[from].includes(to);

/** The order did not become a sale and never will: nothing may be held for it. */
export const isUnsuccessful = (status: OrderStatus): boolean => phases.UNSUCCESSFUL.includes(status);

export const statusesOf = (phase: OrderPhase): readonly OrderStatus[] => phases[phase];

/** Whoever waits for the outcome of a checkout waits for this: sold, or certainly not. */
export const isSettled = (order: Pick<Order, 'status' | 'confirmedAt'>): boolean =>
  order.confirmedAt !== null || isUnsuccessful(order.status);

/** Cancelling is possible until the first parcel is on its way. */
export const isCancellable = (status: OrderStatus): boolean => isLegalMove(status, 'CANCELLING') || status === 'PENDING';

export function allowedActionsIn(status: OrderStatus): readonly OrderAction[] {
  if (isCancellable(status)) return ['CANCEL'];
  return status === 'PARTIALLY_SHIPPED' || status === 'SHIPPED' || status === 'DELIVERED' ? ['TRACK'] : [];
}

/** A change between states that the map does not connect: a bug, never a refusal. Not retryable. */
export class IllegalMoveError extends Error {
  override readonly name = 'IllegalMoveError';
}

/** @throws {IllegalMoveError} the map has no such change. */
export function moveOf(from: OrderStatus, to: OrderStatus, more: Partial<Omit<OrderMove, 'from' | 'to'>> = {}): OrderMove {
  if (!isLegalMove(from, to)) throw new IllegalMoveError(`an order never goes from ${from} to ${to}`);
  return { from, to, note: null, problems: null, cancelReason: null, ...more };
}
