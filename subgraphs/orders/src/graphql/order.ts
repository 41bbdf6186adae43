import { parseId } from '@tally/kernel';
import { badInput } from '@tally/subgraph-kit';
import type {
  MyOrderEventResolvers,
  OrderLineResolvers,
  OrderResolvers,
  OrderStatusEventResolvers,
  ShipmentResolvers,
} from '../generated/resolvers.ts';
import { problemsOf } from './user-errors.ts';

export const order: OrderResolvers = {
  /** Missing, malformed and somebody else's look alike. */
  __resolveReference: ({ id }, { loaders }) => {
    const orderId = parseId('ord', id);
    return orderId === null ? null : loaders.order.load(orderId);
  },
  buyer: ({ buyerId }) => ({ id: buyerId }),
  lines: async ({ id }, _, { loaders }) => [...((await loaders.lines.load(id)) ?? [])],
  shipments: async ({ id }, _, { loaders }) => [...((await loaders.shipments.load(id)) ?? [])],
  async timeline({ id }, { first, afterSequence }, { loaders }) {
    if (first < 1 || first > 100) throw badInput('`first` is 1 to 100.', 'first');
    if (afterSequence < 0) throw badInput('`afterSequence` is 0 or more.', 'afterSequence');
    return [...((await loaders.timeline(first, Math.max(afterSequence, 0)).load(id)) ?? [])];
  },
  problems: problemsOf,
  allowedActions: ({ allowedActions }) => [...allowedActions],
};

export const orderLine: OrderLineResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  seller: ({ sellerId }) => ({ id: sellerId }),
};

export const orderStatusEvent: OrderStatusEventResolvers = {
  order: ({ orderId }, _, { loaders }) => loaders.order.load(orderId),
};

export const myOrderEvent: MyOrderEventResolvers = {
  order: ({ orderId }, _, { loaders }) => loaders.order.load(orderId),
};

export const shipment: ShipmentResolvers = {
  async lines({ orderId, lineIds }, _, { loaders }) {
    const lines = (await loaders.lines.load(orderId)) ?? [];
    return lines.filter(({ id }) => lineIds.includes(id));
  },
};
