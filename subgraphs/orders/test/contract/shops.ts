import { newId, newShardedId, type Id } from '@tally/kernel';
import type { StoredCart } from '../../src/domain/cart.ts';
import { aProduct } from './products.ts';
import type { StoresWorld } from './stores-world.ts';

export const aCartId = () => newShardedId('cart', 1);

/** Lines to be put, by variant. */
export const wishes = (quantities: Readonly<Record<string, number>>) =>
  Object.entries(quantities).map(([variantId, quantity], at) => ({ variantId: variantId as Id<'var'>, quantity, at }));

/** Quantities by variant. */
export const contents = (cart: StoredCart | undefined) =>
  Object.fromEntries(cart?.lines.map(({ variantId, quantity }) => [variantId, quantity]) ?? []);

/** The replica knows mug and lamp. */
export async function shop(world: StoresWorld) {
  const [mug, lamp] = [newId('var'), newId('var')];
  await world.replica.replace(aProduct({ [mug]: 1_000, [lamp]: 2_500 }), 1);
  return { mug, lamp };
}

export async function cartOf(world: StoresWorld, cartId: Id<'cart'>): Promise<StoredCart | undefined> {
  return (await world.carts.byIds([cartId])).get(cartId);
}

/** A cart with lines, of a buyer or a guest's. */
export async function filled(world: StoresWorld, quantities: Readonly<Record<string, number>>, ownerId: Id<'usr'> | null = newId('usr')) {
  return world.transaction(async ({ carts }) => {
    const { id } = ownerId === null ? await carts.open(aCartId()) : await carts.touchOwn(ownerId, aCartId());
    await carts.setLines(id, wishes(quantities));
    return id;
  });
}
