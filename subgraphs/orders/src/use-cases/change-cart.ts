import { maxMinorUnits, newId, newShardedId, ok, parseId, refuse, shardCount, shardOfBuyer, type Id, type Outcome } from '@tally/kernel';
import type { Actor } from '../domain/actor.ts';
import {
  isCartOf,
  maxLines,
  maxQuantity,
  parseLines,
  presentCart,
  warningsOf,
  type Cart,
  type CartWarning,
  type LineInput,
  type LineWish,
  type StoredCart,
} from '../domain/cart.ts';
import { noSuchCart } from '../domain/checkout-request.ts';
import { conflict, invalid, notFound, type Refusal, type Refusals } from '../domain/refusal.ts';
import type { CartsStore, LockedCart, PutLine } from '../ports/carts-store.ts';
import type { Transact } from '../ports/unit.ts';
import { orRefusals, RefusedError } from './refused.ts';

export interface ChangeCart {
  readonly actor: Actor;
  readonly input: {
    readonly cartId?: string | null | undefined;
    readonly lines: readonly LineInput[];
    readonly expectedVersion?: number | null | undefined;
  };
}

export interface ChangedCart {
  readonly cart: Cart;
  readonly warnings: readonly CartWarning[];
}

export interface ChangeCartDeps {
  readonly transact: Transact;
  readonly currency: string;
}

/** The way both cart mutations go: lock the cart by raising its version, put all lines in one statement, read it back. */
export async function changeCart(
  { transact, currency }: ChangeCartDeps,
  { actor, input }: ChangeCart,
  least: 0 | 1,
  put: (carts: CartsStore, cartId: Id<'cart'>, wishes: readonly LineWish[]) => Promise<readonly PutLine[]>,
): Promise<Outcome<ChangedCart, Refusals>> {
  const cartId = input.cartId == null ? null : parseId('cart', input.cartId);
  if (input.cartId != null && cartId === null) return refuse([invalid('Not the id of a cart.', 'cartId')]);
  const wishes = parseLines(input.lines, least);
  if (!wishes.ok) return wishes;
  // Made once: a unit of work that runs again opens the same cart.
  const freshId = freshCartId(actor.userId);

  const stored = await orRefusals(
    transact(
      async ({ carts }) => {
        const locked = await lock(carts, cartId, actor.userId, freshId);
        if (input.expectedVersion != null && locked.version - 1 !== input.expectedVersion) {
          throw new RefusedError(conflict('The cart has changed meanwhile.', 'expectedVersion'));
        }
        const refusals = refusalsOf(await put(carts, locked.id, wishes.value), wishes.value);
        if (refusals.length > 0) throw new RefusedError(...refusals);
        return accept(await carts.read(locked.id));
      },
      // Lines that are added carry no key: after a COMMIT that nobody heard of they would be added twice.
      { guarded: false },
    ),
  );
  return stored.ok ? ok({ cart: presentCart(stored.value, currency), warnings: warningsOf(stored.value) }) : stored;
}

async function lock(carts: CartsStore, cartId: Id<'cart'> | null, userId: Id<'usr'> | null, freshId: Id<'cart'>): Promise<LockedCart> {
  if (cartId === null) return userId === null ? carts.open(freshId) : carts.touchOwn(userId, freshId);
  const locked = await carts.touch(cartId);
  if (locked === null || !isCartOf(locked, userId)) throw new RefusedError(noSuchCart);
  return locked;
}

function refusalsOf(lines: readonly PutLine[], wishes: readonly LineWish[]): Refusals {
  const placeOf = (variantId: Id<'var'>): string => String(wishes.find((wish) => wish.variantId === variantId)?.at ?? 0);
  return lines.flatMap(({ variantId, known, put }): readonly Refusal[] => {
    if (!known) return [notFound('There is no such variant.', 'lines', placeOf(variantId), 'variantId')];
    return put ? [] : [invalid(`At most ${maxQuantity} of one variant.`, 'lines', placeOf(variantId), 'quantity')];
  });
}

/** A cart that may be kept: not too many lines, and a worth that an amount can hold. */
export function accept(cart: StoredCart | null): StoredCart {
  if (cart === null) throw new RefusedError(noSuchCart);
  if (cart.lines.length > maxLines) throw new RefusedError(invalid(`At most ${maxLines} lines.`, 'lines'));
  const worth = cart.lines.reduce(
    (sum, { quantity, seenPrice, price }) => sum + BigInt((price?.unitPrice ?? seenPrice).amount) * BigInt(quantity),
    0n,
  );
  if (worth > BigInt(maxMinorUnits)) throw new RefusedError(invalid('The cart is worth too much.', 'lines'));
  return cart;
}

/** A buyer's cart carries the buyer's shard, a guest's a random one. */
export function freshCartId(userId: Id<'usr'> | null): Id<'cart'> {
  return newShardedId('cart', userId === null ? Number.parseInt(newId('cart').slice(-3), 16) % shardCount : shardOfBuyer(userId));
}
