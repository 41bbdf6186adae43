import { parseId, type Outcome } from '@tally/kernel';
import { badInput, notFound, requireUser, sequenceAhead, unauthenticated } from '@tally/subgraph-kit';
import type { Order } from '../domain/order.ts';
import type { QueryResolvers } from '../generated/resolvers.ts';
import type { SequenceAhead } from '../use-cases/replay-events.ts';
import type { Context } from './context.ts';
import { troubleQuery } from './trouble.ts';

export const query: Required<QueryResolvers> = {
  async order(_, { id, number }, { viewer, actor, loaders, useCases }) {
    if (viewer.kind === 'anonymous') throw unauthenticated();
    if ((id == null) === (number == null)) throw badInput('Exactly one of `id` and `number`.', 'id');
    if (id != null) return readable(id, 'id', loaders);
    return found(await useCases.viewOrders.byNumber(actor, number ?? ''));
  },
  async cart(_, { id }, { loaders }) {
    const cartId = parseId('cart', id);
    if (cartId === null) throw badInput('Not the id of a cart.', 'id');
    const cart = await loaders.cart.load(cartId);
    if (cart === null) throw notFound('There is no such cart.');
    return cart;
  },
  async cartQuote(_, { cartId, shippingAddress }, { actor, useCases }) {
    const quoted = await useCases.quoteCart({ actor, cartId, shippingAddress });
    if (quoted.ok) return quoted.value;
    const [refusal] = quoted.refusal;
    if (refusal?.kind === 'INVALID') throw badInput(refusal.message, refusal.field.join('.'));
    throw notFound('There is no such cart.');
  },
  async orderStatusEvents(_, { orderId, afterSequence }, { viewer, loaders, useCases }) {
    if (viewer.kind === 'anonymous') throw unauthenticated();
    const after = parseSequence(afterSequence);
    return replayed(await useCases.replayEvents.ofOrder(await readable(orderId, 'orderId', loaders), after));
  },
  async myOrderEvents(_, { afterSequence }, { viewer, useCases }) {
    const { userId } = requireUser(viewer);
    return replayed(await useCases.replayEvents.ofBuyer(userId, parseSequence(afterSequence)));
  },
  ...troubleQuery,
};

/** Loaders know only what the caller may read: missing and foreign look alike. */
async function readable(id: string, argument: string, loaders: Context['loaders']): Promise<Order> {
  const orderId = parseId('ord', id);
  if (orderId === null) throw badInput('Not the id of an order.', argument);
  return found(await loaders.order.load(orderId));
}

function found(order: Order | null): Order {
  if (order === null) throw notFound('There is no such order.');
  return order;
}

function parseSequence(sequence: number | null | undefined): number | null {
  if (sequence != null && sequence < 0) throw badInput('`afterSequence` is 0 or more.', 'afterSequence');
  return sequence ?? null;
}

function replayed<Event>(events: Outcome<readonly Event[], SequenceAhead>): Event[] {
  if (!events.ok) throw sequenceAhead();
  return [...events.value];
}
