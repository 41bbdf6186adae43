import { changeCart, type ChangeCart, type ChangeCartDeps } from './change-cart.ts';

/** Adds to quantities, atomically per line: parallel adds all count, a repeat counts again. */
export const createAddCartLines = (deps: ChangeCartDeps) => (command: ChangeCart) =>
  changeCart(deps, command, 1, (carts, cartId, wishes) => carts.addLines(cartId, wishes));
