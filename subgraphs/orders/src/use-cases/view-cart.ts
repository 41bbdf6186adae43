import type { Id } from '@tally/kernel';
import type { Actor } from '../domain/actor.ts';
import { isCartOf, presentCart, type Cart } from '../domain/cart.ts';
import type { CartReads } from '../ports/carts-store.ts';

/** Carts of the caller, and guests' carts by those who know their ids. Missing and foreign look alike: absent. */
export function createViewCart({ carts, currency }: { readonly carts: CartReads; readonly currency: string }) {
  return {
    async byIds(actor: Actor, ids: readonly Id<'cart'>[]): Promise<ReadonlyMap<string, Cart>> {
      const found = [...(await carts.byIds(ids)).values()].filter((cart) => isCartOf(cart, actor.userId));
      return new Map(found.map((cart) => [cart.id, presentCart(cart, currency)]));
    },
    /** The open cart of the caller; nobody sees anybody else's. */
    async own(actor: Actor): Promise<Cart | null> {
      if (actor.userId === null) return null;
      const cart = (await carts.byOwners([actor.userId])).get(actor.userId);
      return cart === undefined ? null : presentCart(cart, currency);
    },
  };
}

export type ViewCart = ReturnType<typeof createViewCart>;
