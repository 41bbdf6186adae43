import { parseId, type Id } from '@tally/kernel';
import { badInput, decodeCursor, encodeCursor } from '@tally/subgraph-kit';
import type { Order, OrderPhase } from '../domain/order.ts';
import type { OrderConnectionResolvers, UserResolvers } from '../generated/resolvers.ts';
import type { OrdersPage, ViewPage } from '../use-cases/view-orders.ts';

/** A user as seen from here: an id that others explain. */
export interface UserModel {
  readonly id: Id<'usr'>;
}

export interface OrderConnectionModel {
  readonly buyerId: Id<'usr'>;
  readonly phase: OrderPhase | null;
  readonly page: OrdersPage;
  readonly continued: boolean;
}

export const user: UserResolvers = {
  /** Whether the user exists is not known here; what hangs on it is shown to its owner, and orders to those who may read all. */
  __resolveReference: ({ id }, { actor, useCases }) => {
    const userId = parseId('usr', id);
    return userId !== null && useCases.viewOrders.mayReadOrdersOf(actor, userId) ? { id: userId } : null;
  },
  cart: ({ id }, _, { actor, useCases }) => (actor.userId === id ? useCases.viewCart.own(actor) : null),
  async orders({ id }, { first, after, phase }, { actor, useCases, loaders }) {
    if (first < 1 || first > 100) throw badInput('`first` is 1 to 100.', 'first');
    if (!useCases.viewOrders.mayReadOrdersOf(actor, id)) return null;
    const page: ViewPage = { first, phase: phase ?? null, after: after == null ? null : parseCursor(after, phase ?? null) };
    const found = await loaders.ordersPage(page).load(id);
    return { buyerId: id, phase: page.phase, page: found ?? { orders: [], hasNext: false }, continued: after != null };
  },
};

export const orderConnection: OrderConnectionResolvers = {
  edges: ({ page, phase }) => page.orders.map((node) => ({ node, cursor: toCursor(node, phase) })),
  pageInfo({ page: { orders, hasNext }, phase, continued }) {
    const [first, last] = [orders.at(0), orders.at(-1)];
    return {
      hasNextPage: hasNext,
      hasPreviousPage: continued,
      startCursor: first === undefined ? null : toCursor(first, phase),
      endCursor: last === undefined ? null : toCursor(last, phase),
    };
  },
  totalCount: ({ buyerId, phase }, _, { loaders }) => loaders.orderCount(phase).load(buyerId),
};

const toCursor = ({ placedAt, id }: Order, phase: OrderPhase | null): string => encodeCursor([placedAt.getTime(), id, phase]);

/** A cursor belongs to its filter. */
function parseCursor(text: string, phase: OrderPhase | null): ViewPage['after'] {
  const [time, id, of] = decodeCursor(text) ?? [];
  const orderId = parseId('ord', id);
  const placedAt = new Date(typeof time === 'number' ? time : Number.NaN);
  if (Number.isNaN(placedAt.getTime()) || orderId === null || of !== phase) throw badInput('Not a cursor of these orders.', 'after');
  return { placedAt, id: orderId };
}
