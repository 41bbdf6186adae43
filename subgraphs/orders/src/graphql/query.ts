import { parseId } from '@tally/kernel';
import { badInput, notFound, unauthenticated } from '@tally/subgraph-kit';
import type { QueryResolvers } from '../generated/resolvers.ts';

export const query: Required<Pick<QueryResolvers, 'order' | 'cart' | 'cartQuote'>> = {
  async order(_, { id, number }, { viewer, actor, loaders, useCases }) {
    if (viewer.kind === 'anonymous') throw unauthenticated();
    if ((id == null) === (number == null)) throw badInput('Exactly one of `id` and `number`.', 'id');
    const orderId = id == null ? null : parseId('ord', id);
    if (id != null && orderId === null) throw badInput('Not the id of an order.', 'id');
    const order = orderId === null ? await useCases.viewOrders.byNumber(actor, number ?? '') : await loaders.order.load(orderId);
    if (order === null) throw notFound('There is no such order.');
    return order;
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
};
