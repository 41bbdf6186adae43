import { ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { isCartOf, presentCart, warningsOf, type StoredCart } from '../domain/cart.ts';
import type { Refusal, Refusals } from '../domain/refusal.ts';
import type { CartsStore } from '../ports/carts-store.ts';
import { accept, freshCartId, type ChangeCartDeps, type ChangedCart } from './change-cart.ts';
import { orRefusals, RefusedError } from './refused.ts';

export interface ClaimCart {
  readonly userId: Id<'usr'>;
  readonly cartId: string;
}

// The id is an argument of its own here, not a field of an input.
const field = ['cartId'];
const noSuchCart: Refusal = { kind: 'NOT_FOUND', message: 'There is no such cart.', field };
const underWay: Refusal = { kind: 'CONFLICT', message: 'An order from this cart is under way.', field };
const malformed: Refusal = { kind: 'INVALID', message: 'Not the id of a cart.', field };

/** Moves a guest's lines into the buyer's cart, all or none. Claiming twice, or one's own cart, adds nothing. */
export function createClaimCart({ transact, currency }: ChangeCartDeps) {
  return async function claimCart({ userId, cartId: text }: ClaimCart): Promise<Outcome<ChangedCart, Refusals>> {
    const cartId = parseId('cart', text);
    if (cartId === null) return refuse([malformed]);
    const freshId = freshCartId(userId);
    const stored = await orRefusals(transact(({ carts }) => claim(carts, cartId, userId, freshId)));
    return stored.ok ? ok({ cart: presentCart(stored.value, currency), warnings: warningsOf(stored.value) }) : stored;
  };
}

async function claim(carts: CartsStore, cartId: Id<'cart'>, userId: Id<'usr'>, freshId: Id<'cart'>): Promise<StoredCart> {
  // The guest's row first, the buyer's second: everybody who locks two carts does so in this order.
  const guest = await carts.touch(cartId);
  if (guest === null && (await carts.claimedBy(cartId)) !== userId) throw new RefusedError(noSuchCart);
  if (guest !== null && !isCartOf(guest, userId)) throw new RefusedError(noSuchCart);
  if (guest?.ownerId === userId) return accept(await carts.read(cartId));
  if (guest !== null && guest.liveOrderId !== null) throw new RefusedError(underWay);
  const own = await carts.touchOwn(userId, freshId);
  if (guest !== null) await carts.merge(guest.id, own.id, userId);
  return accept(await carts.read(own.id));
}
