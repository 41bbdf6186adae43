import { z } from 'zod';
import { amount, id, ref } from './fields.ts';

/** Every state of an order, in the order of a successful life, then the unsuccessful ends. */
export const orderStatuses = [
  'PENDING',
  'STOCK_RESERVED',
  'CONFIRMED',
  'PROCESSING',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'DELIVERED',
  'COMPLETED',
  'REJECTED',
  'PAYMENT_FAILED',
  'CANCELLING',
  'CANCELLED',
] as const;

export type OrderStatusName = (typeof orderStatuses)[number];

const status = z.enum(orderStatuses);

/** Why an order was rejected, declined or cancelled: one row per reason, with the data of `InsufficientStockError` where stock is the reason. */
const problem = z.object({
  code: z.string(),
  message: z.string(),
  variant: ref('var').nullish(),
  requested: z.int().nullish(),
  available: z.int().nullish(),
});

export type ProblemData = z.infer<typeof problem>;

const change = {
  order: ref('ord'),
  buyer: ref('usr'),
  previous: status.nullable(),
  status,
  note: z.string().nullable(),
  problems: z.array(problem),
};

/** orders.order.v1: step events, key = order, sequence = `order.sequence`. */
export const orderMessages = {
  OrderPlaced: z.object({
    ...change,
    number: z.string(),
    lines: z.array(
      z.object({
        id: id('line'),
        variant: ref('var'),
        seller: ref('sell'),
        sku: z.string(),
        title: z.string(),
        quantity: z.int().positive(),
        unitPrice: amount,
        lineTotal: amount,
      }),
    ),
    total: amount,
  }),
  OrderStatusChanged: z.object(change),
};

/** orders.buyer.v1: key = buyer, sequence = `buyer_stream.sequence`, always locked last. */
export const buyerMessages = {
  BuyerOrderChanged: z.object({ order: ref('ord'), buyer: ref('usr'), status }),
};
