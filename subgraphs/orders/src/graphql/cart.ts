import { fractionDigits, parseId } from '@tally/kernel';
import type { CartLineResolvers, CartResolvers, MoneyResolvers } from '../generated/resolvers.ts';

export const cart: CartResolvers = {
  /** Missing, malformed and somebody else's look alike; a guest's cart is for whoever knows its id. */
  __resolveReference: ({ id }, { loaders }) => {
    const cartId = parseId('cart', id);
    return cartId === null ? null : loaders.cart.load(cartId);
  },
  lines: ({ lines }) => [...lines],
};

export const cartLine: CartLineResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
};

export const money: MoneyResolvers = {
  fractionDigits: ({ currency }) => fractionDigits(currency),
};
