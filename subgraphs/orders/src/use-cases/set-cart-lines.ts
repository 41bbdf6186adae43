import { changeCart, type ChangeCart, type ChangeCartDeps } from './change-cart.ts';

/** Sets quantities, 0 removing the line: safe to repeat. */
export const createSetCartLines = (deps: ChangeCartDeps) => (command: ChangeCart) =>
  changeCart(deps, command, 0, (carts, cartId, wishes) => carts.setLines(cartId, wishes));
