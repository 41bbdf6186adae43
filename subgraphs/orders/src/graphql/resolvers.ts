import { scalarResolvers } from '@tally/subgraph-kit';
import type { UserErrorResolvers } from '../generated/resolvers.ts';
import { cart, cartLine, money } from './cart.ts';
import { mutation } from './mutation.ts';
import { myOrderEvent, order, orderLine, orderStatusEvent, shipment } from './order.ts';
import { query } from './query.ts';
import { trouble, troubledOrder } from './trouble.ts';
import { orderConnection, user } from './user.ts';

const userError: UserErrorResolvers = { __resolveType: ({ __typename }) => __typename ?? 'BasicError' };

export const resolvers = {
  ...scalarResolvers,
  Query: query,
  Mutation: mutation,
  UserError: userError,
  Money: money,
  Cart: cart,
  CartLine: cartLine,
  Order: order,
  OrderLine: orderLine,
  OrderStatusEvent: orderStatusEvent,
  MyOrderEvent: myOrderEvent,
  Shipment: shipment,
  User: user,
  OrderConnection: orderConnection,
  Trouble: trouble,
  TroubledOrder: troubledOrder,
};
