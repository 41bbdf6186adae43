import { describe, expect, test } from 'vitest';
import { aDraft, NeverMindError, placed, upTo } from './drafts.ts';
import { cartOf, contents, filled, shop, wishes } from './shops.ts';
import type { OpenStores } from './stores-world.ts';

/** The sentences that every store of carts must pass whose carts become orders. */
export function orderedCartsContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('an order takes a cart as it was priced: an edit that came first is told', async () => {
      await using world = await open();
      const { mug } = await shop(world);
      const cartId = await filled(world, { [mug]: 1 });
      const orderId = aDraft().id;
      const racer = Promise.withResolvers<boolean>();

      await world.transaction(async ({ carts }) => {
        await carts.touch(cartId);
        racer.resolve(world.transaction((other) => other.carts.stamp(cartId, 1, orderId)));
        await world.somebodyWaits();
        await carts.addLines(cartId, wishes({ [mug]: 1 }));
      });

      expect(await racer.promise).toBe(false);
      expect(await world.transaction(({ carts }) => carts.stamp(cartId, 2, orderId))).toBe(true);
      expect(await cartOf(world, cartId)).toMatchObject({ version: 2, liveOrderId: orderId });
    });

    test('an edit that is rolled back does not stand in the way of an order', async () => {
      await using world = await open();
      const cartId = await filled(world, {});
      const racer = Promise.withResolvers<boolean>();

      const rolledBack = world.transaction(async ({ carts }) => {
        await carts.touch(cartId);
        racer.resolve(world.transaction((other) => other.carts.stamp(cartId, 1, aDraft().id)));
        await world.somebodyWaits();
        throw new NeverMindError();
      });

      await expect(rolledBack).rejects.toThrow(NeverMindError);
      expect(await racer.promise).toBe(true);
    });

    test('of orders that take a cart at once one has it; only that one gives it back', async () => {
      await using world = await open();
      const { mug } = await shop(world);
      const cartId = await filled(world, { [mug]: 2 });
      const orders = upTo(4).map(() => aDraft().id);

      const stamped = await Promise.all(orders.map((id) => world.transaction(({ carts }) => carts.stamp(cartId, 1, id))));

      expect(stamped.filter((has) => has)).toHaveLength(1);
      const [owner, other] = [orders[stamped.indexOf(true)]!, orders[stamped.indexOf(false)]!];
      await world.transaction(({ carts }) => carts.giveBack(cartId, other));
      expect((await cartOf(world, cartId))?.liveOrderId).toBe(owner);
      await world.transaction(({ carts }) => carts.giveBack(cartId, owner));
      expect(await cartOf(world, cartId)).toMatchObject({ liveOrderId: null, version: 1, lines: [{ quantity: 2 }] });
    });

    test('a sale takes what was ordered; what was added meanwhile stays', async () => {
      await using world = await open();
      const { mug, lamp } = await shop(world);
      const cartId = await filled(world, { [mug]: 2, [lamp]: 1 });
      const of = [mug, lamp].map((variantId, at) => ({ variantId, quantity: 2 - at }));
      const { id: orderId } = await placed(world, aDraft({ cartId, of }));
      await world.transaction(({ carts }) => carts.stamp(cartId, 1, orderId));
      const racer = Promise.withResolvers<void>();

      await world.transaction(async ({ carts }) => {
        await carts.touch(cartId);
        await carts.addLines(cartId, wishes({ [mug]: 3 }));
        racer.resolve(world.transaction((other) => other.carts.takeOrdered(cartId, orderId)));
        await world.somebodyWaits();
      });
      await racer.promise;

      const cart = await cartOf(world, cartId);
      expect(contents(cart)).toEqual({ [mug]: 3 });
      expect(cart).toMatchObject({ liveOrderId: null, version: 3 });
      await world.transaction(({ carts }) => carts.takeOrdered(cartId, orderId));
      expect(contents(await cartOf(world, cartId))).toEqual({ [mug]: 3 });
    });

    test('a line that was put in while a sale waited for the cart is nobody’s order', async () => {
      await using world = await open();
      const { mug } = await shop(world);
      const cartId = await filled(world, {});
      const { id: orderId } = await placed(world, aDraft({ cartId, of: [{ variantId: mug, quantity: 2 }] }));
      await world.transaction(({ carts }) => carts.stamp(cartId, 1, orderId));
      const racer = Promise.withResolvers<void>();

      await world.transaction(async ({ carts }) => {
        await carts.touch(cartId);
        await carts.setLines(cartId, wishes({ [mug]: 4 }));
        racer.resolve(world.transaction((other) => other.carts.takeOrdered(cartId, orderId)));
        await world.somebodyWaits();
      });
      await racer.promise;

      expect(contents(await cartOf(world, cartId))).toEqual({ [mug]: 4 });
    });
  });
}
