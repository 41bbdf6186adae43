import { newId, type Id } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import { maxQuantity } from '../../src/domain/cart.ts';
import { aDraft, NeverMindError, upTo } from './drafts.ts';
import { aProduct } from './products.ts';
import { aCartId, cartOf, contents, filled, shop, wishes } from './shops.ts';
import type { OpenStores } from './stores-world.ts';

/** The sentences that every store of carts must pass. */
export function cartsStoreContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('a buyer has one cart, whoever asks for it first', async () => {
      await using world = await open();
      const ownerId = newId('usr');

      const touched = await Promise.all(upTo(6).map(() => world.transaction(({ carts }) => carts.touchOwn(ownerId, aCartId()))));

      expect(new Set(touched.map(({ id }) => id)).size).toBe(1);
      expect(touched.map(({ version }) => version).toSorted()).toEqual(upTo(6));
      expect((await world.carts.byOwners([ownerId, newId('usr')])).get(ownerId)).toMatchObject({
        id: touched[0]?.id,
        version: 6,
        lines: [],
      });
    });

    test('a cart whose opening is rolled back is opened by whoever waited', async () => {
      await using world = await open();
      const [ownerId, second] = [newId('usr'), aCartId()];
      const racer = Promise.withResolvers<unknown>();

      const rolledBack = world.transaction(async ({ carts }) => {
        await carts.touchOwn(ownerId, aCartId());
        racer.resolve(world.transaction((other) => other.carts.touchOwn(ownerId, second)));
        await world.somebodyWaits();
        throw new NeverMindError();
      });

      await expect(rolledBack).rejects.toThrow(NeverMindError);
      expect(await racer.promise).toMatchObject({ id: second, version: 1 });
    });

    test('lines are set with the price of now, removed by nothing, and named when nobody sells them', async () => {
      await using world = await open();
      const { mug, lamp } = await shop(world);
      const cartId = await filled(world, { [mug]: 2, [lamp]: 1 }, null);
      const unknown = newId('var');

      const outcome = await world.transaction(async ({ carts }) => {
        await carts.touch(cartId);
        return carts.setLines(cartId, wishes({ [lamp]: 0, [mug]: 5, [unknown]: 1 }));
      });

      expect(outcome).toEqual([
        { variantId: lamp, known: true, put: true },
        { variantId: mug, known: true, put: true },
        { variantId: unknown, known: false, put: false },
      ]);
      const cart = await cartOf(world, cartId);
      expect(cart).toMatchObject({ ownerId: null, version: 2, liveOrderId: null });
      expect(cart?.lines).toMatchObject([{ variantId: mug, quantity: 5, seenPrice: { amount: 1_000 }, price: { sku: mug } }]);
    });

    test('lines that are added at once all count, up to a full line', async () => {
      await using world = await open();
      const { mug } = await shop(world);
      const cartId = await filled(world, { [mug]: maxQuantity - 5 });

      const puts = await Promise.all(
        upTo(8).map(() =>
          world.transaction(async ({ carts }) => {
            await carts.touch(cartId);
            return (await carts.addLines(cartId, wishes({ [mug]: 1 })))[0]?.put;
          }),
        ),
      );

      expect(puts.filter((put) => put).length).toBe(5);
      expect(contents(await cartOf(world, cartId))).toEqual({ [mug]: maxQuantity });
    });

    test('a line keeps the price at which it was put in while its price changes', async () => {
      await using world = await open();
      const [mug, product] = [newId('var'), newId('prod')];
      await world.replica.replace(aProduct({ [mug]: 1_000 }, product), 1);
      const cartId = await filled(world, { [mug]: 1 });
      await world.replica.replace(aProduct({ [mug]: 1_500 }, product), 2);
      await world.transaction(({ carts }) => carts.addLines(cartId, wishes({ [mug]: 1 })));

      const seen = await world.transaction(({ carts }) => carts.read(cartId));

      expect(seen?.lines).toMatchObject([{ quantity: 2, seenPrice: { amount: 1_000 }, price: { unitPrice: { amount: 1_500 } } }]);
    });

    test('a guest’s lines move into the buyer’s cart once, at most a full line of each', async () => {
      await using world = await open();
      const { mug, lamp } = await shop(world);
      const userId = newId('usr');
      const own = await filled(world, { [mug]: maxQuantity - 1 }, userId);
      const guest = await filled(world, { [mug]: 5, [lamp]: 2 }, null);
      const claim = () =>
        world.transaction(async ({ carts }) => {
          const there = await carts.touch(guest);
          if (there === null) return carts.claimedBy(guest);
          await carts.touchOwn(userId, aCartId());
          await carts.merge(guest, own, userId);
          return 'merged';
        });

      expect((await Promise.all([claim(), claim()])).toSorted()).toEqual(['merged', userId].toSorted());

      expect(contents(await cartOf(world, own))).toEqual({ [mug]: maxQuantity, [lamp]: 2 });
      expect(await cartOf(world, guest)).toBeUndefined();
      expect(await world.transaction(({ carts }) => carts.touch(guest))).toBeNull();
      expect(await world.transaction(({ carts }) => carts.claimedBy(own))).toBeNull();
    });

    test('carts past their day go, unless an order lives from them or somebody has them in hand', async () => {
      await using world = await open();
      const { mug } = await shop(world);
      const ids = await Promise.all(upTo(4).map(() => filled(world, { [mug]: 1 }, null)));
      const [old, ordered, inHand, young] = ids as [Id<'cart'>, Id<'cart'>, Id<'cart'>, Id<'cart'>];
      await world.transaction(({ carts }) => carts.stamp(ordered, 1, aDraft().id));
      for (const id of [old, ordered, inHand]) await world.expire(id);

      await world.transaction(async ({ carts }) => {
        await carts.touch(inHand);
        expect(await world.expired.remove(10)).toBe(1);
      });

      expect(await world.expired.remove(10)).toBe(0);
      expect(new Set((await world.carts.byIds(ids)).keys())).toEqual(new Set([ordered, inHand, young]));
      expect(await world.transaction(({ carts }) => carts.touch(old))).toBeNull();
    });

    test('at most as many carts go as were asked for', async () => {
      await using world = await open();
      const ids = await Promise.all(upTo(3).map(() => filled(world, {}, null)));
      for (const id of ids) await world.expire(id);

      expect([await world.expired.remove(2), await world.expired.remove(2)]).toEqual([2, 1]);
    });
  });
}
