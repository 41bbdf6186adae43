import type { Id } from '@tally/kernel';
import { defineTable } from '@tally/simulation';
import type { DraftLine } from '../src/domain/order-draft.ts';
import type { Order, OrderEvent, Problem } from '../src/domain/order.ts';
import type { VariantPrice } from '../src/domain/pricing.ts';
import type { CommandType } from '../src/domain/saga-commands.ts';
import type { SagaEnd, SagaStep } from '../src/domain/saga.ts';
import type { Shipment } from '../src/domain/shipment.ts';

export interface OrderRow extends Omit<Order, 'number' | 'allowedActions'> {
  readonly counter: bigint;
  readonly paymentMethodId: Id<'pm'> | null;
  readonly cartId: Id<'cart'> | null;
  readonly clientKey: string;
  readonly fingerprint: string;
}

export interface OrderLineRow extends DraftLine {
  /** From 1. */
  readonly position: number;
}

export interface OrderEventRow extends OrderEvent {
  readonly problems: readonly Problem[];
  readonly buyerId: Id<'usr'>;
  readonly buyerSequence: number;
}

export interface BuyerStreamRow {
  readonly buyerId: Id<'usr'>;
  /** The last number given out. */
  readonly sequence: number;
}

export interface SagaRow {
  readonly orderId: Id<'ord'>;
  readonly step: SagaStep;
  readonly version: number;
  /** How it ends, once that is decided. */
  readonly outcome: SagaEnd | null;
  readonly captured: boolean;
  readonly committed: boolean;
  readonly inDoubtSince: Date | null;
  /** The last number given out in the stream of its commands to products, and to payments. */
  readonly productsSequence: number;
  readonly paymentsSequence: number;
  readonly deadlineAt: Date | null;
  readonly wakeAt: Date | null;
  /** Sweeps in a row that failed. */
  readonly attempts: number;
  readonly needsAttention: boolean;
  readonly attention: string | null;
  readonly traceparent: string | null;
  readonly updatedAt: Date;
}

export interface SagaCommandRow {
  readonly id: Id<'cmd'>;
  readonly orderId: Id<'ord'>;
  readonly type: CommandType;
  readonly sentAt: Date;
  readonly answeredAt: Date | null;
  readonly voidedAt: Date | null;
  readonly reply: string | null;
}

export interface PriceRow extends VariantPrice {
  /** Of the newest record of its product that touched it. */
  readonly sequence: number;
  readonly updatedAt: Date;
}

export interface CartRow {
  readonly id: Id<'cart'>;
  readonly ownerId: Id<'usr'> | null;
  readonly version: number;
  readonly liveOrderId: Id<'ord'> | null;
  readonly claimedBy: Id<'usr'> | null;
  readonly expiresAt: Date;
  readonly updatedAt: Date;
}

export interface CartLineRow {
  readonly cartId: Id<'cart'>;
  readonly variantId: Id<'var'>;
  readonly id: Id<'line'>;
  readonly quantity: number;
  readonly seenAmount: number;
  readonly addedAt: Date;
}

/** A parcel with its lines, which have a table of their own in PostgreSQL. */
export interface ShipmentRow extends Shipment {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const cartLineKey = (cartId: Id<'cart'>, variantId: Id<'var'>): string => `${cartId} ${variantId}`;

const endings: Readonly<Record<SagaStep, readonly (SagaEnd | null)[]>> = {
  RESERVE: [null],
  AUTHORISE: [null],
  COMPLETE: [null],
  CANCELLING: ['CANCELLED', 'PAYMENT_FAILED'],
  ENDED: ['SOLD', 'REJECTED', 'CANCELLED', 'PAYMENT_FAILED'],
};
const mayBeOrdered = (quantity: number): boolean => quantity >= 1 && quantity <= 1_000;

/** The tables of orders, with the keys and checks of their migration; those of messaging are in @tally/simulation. */
export const ordersTables = {
  orders: defineTable<OrderRow>({
    name: 'orders',
    key: ({ id }) => id,
    unique: {
      counter_key: ({ counter }) => String(counter),
      buyer_id_client_key_key: ({ buyerId, clientKey }) => `${buyerId} ${clientKey}`,
    },
    checks: {
      sequence_check: ({ sequence }) => sequence > 0,
      amounts_check: ({ subtotal, shipping, discount, total }) =>
        subtotal.amount >= 0 && shipping.amount >= 0 && total.amount === subtotal.amount - discount.amount + shipping.amount,
    },
  }),
  orderLines: defineTable<OrderLineRow>({
    name: 'order_line',
    key: ({ id }) => id,
    unique: { order_id_variant_id_key: ({ orderId, variantId }) => `${orderId} ${variantId}` },
    indexes: { order: ({ orderId }) => orderId },
    checks: {
      quantity_check: ({ quantity }) => mayBeOrdered(quantity),
      amount_check: ({ unitPrice, quantity, lineTotal }) => lineTotal.amount === unitPrice.amount * quantity,
    },
  }),
  orderEvents: defineTable<OrderEventRow>({
    name: 'order_event',
    key: ({ orderId, sequence }) => `${orderId} ${sequence}`,
    unique: { buyer_id_buyer_sequence_key: ({ buyerId, buyerSequence }) => `${buyerId} ${buyerSequence}` },
    indexes: { order: ({ orderId }) => orderId, buyer: ({ buyerId }) => buyerId },
  }),
  buyerStreams: defineTable<BuyerStreamRow>({ name: 'buyer_stream', key: ({ buyerId }) => buyerId }),
  sagas: defineTable<SagaRow>({
    name: 'saga',
    key: ({ orderId }) => orderId,
    indexes: { wake: ({ wakeAt }) => (wakeAt === null ? null : 'waits') },
    checks: { outcome_check: ({ step, outcome }) => endings[step].includes(outcome) },
  }),
  sagaCommands: defineTable<SagaCommandRow>({
    name: 'saga_command',
    key: ({ id }) => id,
    unique: { outstanding: ({ orderId, type, answeredAt, voidedAt }) => ((answeredAt ?? voidedAt) === null ? `${orderId} ${type}` : null) },
    indexes: { order: ({ orderId }) => orderId },
  }),
  prices: defineTable<PriceRow>({
    name: 'price',
    key: ({ variantId }) => variantId,
    indexes: { product: ({ productId }) => productId },
    checks: { check: ({ unitPrice, weightGrams, sequence }) => unitPrice.amount >= 0 && weightGrams >= 0 && sequence > 0 },
  }),
  carts: defineTable<CartRow>({ name: 'cart', key: ({ id }) => id, unique: { owner_id_key: ({ ownerId }) => ownerId } }),
  cartLines: defineTable<CartLineRow>({
    name: 'cart_line',
    key: ({ cartId, variantId }) => cartLineKey(cartId, variantId),
    indexes: { cart: ({ cartId }) => cartId },
    checks: { quantity_check: ({ quantity }) => mayBeOrdered(quantity) },
  }),
  shipments: defineTable<ShipmentRow>({ name: 'shipment', key: ({ id }) => id, indexes: { order: ({ orderId }) => orderId } }),
} as const;
