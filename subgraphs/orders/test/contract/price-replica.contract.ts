import { newId, type Id } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import { upTo } from './drafts.ts';
import { aProduct } from './products.ts';
import type { OpenStores, StoresWorld } from './stores-world.ts';

async function amounts(world: StoresWorld, ...ids: readonly Id<'var'>[]) {
  const prices = await world.prices.pricesOf(ids);
  return ids.map((id) => {
    const price = prices.get(id);
    return price === undefined ? 'unknown' : price.sellable ? price.unitPrice.amount : 'not sold';
  });
}

/** The sentences that every replica of prices must pass. */
export function priceReplicaContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('a product that is told of is sold as it was told', async () => {
      await using world = await open();
      const [mug, product] = [newId('var'), newId('prod')];
      const told = aProduct({ [mug]: 1_000 }, product, { title: 'blue', weightGrams: 250, taxClass: 'REDUCED' });

      expect(await world.replica.replace(told, 3)).toBe(true);

      expect((await world.prices.pricesOf([mug, newId('var')])).get(mug)).toEqual({
        ...{ variantId: mug, productId: product, sellerId: told.seller.id, sku: mug, title: 'Mug, blue' },
        ...{ unitPrice: { amount: 1_000, currency: 'EUR' }, taxClass: 'REDUCED', weightGrams: 250, sellable: true },
      });
      expect((await world.prices.pricesOf([newId('var')])).size).toBe(0);
    });

    test('repeats and older records change nothing', async () => {
      await using world = await open();
      const [mug, product] = [newId('var'), newId('prod')];
      const tell = (amount: number, sequence: number) => world.replica.replace(aProduct({ [mug]: amount }, product), sequence);

      expect([await tell(1_000, 2), await tell(1_100, 2), await tell(1_200, 1), await tell(1_300, 3)]).toEqual([true, false, false, true]);

      expect(await amounts(world, mug)).toEqual([1_300]);
    });

    test('a variant that the newest record does not name is not sold, and does not come back with an older one', async () => {
      await using world = await open();
      const [mug, lamp, product] = [newId('var'), newId('var'), newId('prod')];

      await world.replica.replace(aProduct({ [mug]: 1_000, [lamp]: 2_000 }, product), 1);
      await world.replica.replace(aProduct({ [mug]: 1_000 }, product), 3);
      await world.replica.replace(aProduct({ [mug]: 1_000, [lamp]: 2_000 }, product), 2);

      expect(await amounts(world, mug, lamp)).toEqual([1_000, 'not sold']);
    });

    test('nothing of a product that was retired is sold, until a newer record says so', async () => {
      await using world = await open();
      const [mug, product] = [newId('var'), newId('prod')];
      await world.replica.replace(aProduct({ [mug]: 1_000 }, product), 1);

      const retired = [3, 3, 2].map((sequence) => () => world.replica.retire({ product: { id: product }, variantIds: [mug] }, sequence));
      const newer = [];
      for (const retire of retired) newer.push(await retire());

      expect(newer).toEqual([true, false, false]);
      expect(await amounts(world, mug)).toEqual(['not sold']);
      await world.replica.replace(aProduct({ [mug]: 900 }, product), 4);
      expect(await amounts(world, mug)).toEqual([900]);
    });

    test('a variant in another currency does not exist', async () => {
      await using world = await open();
      const mug = newId('var');

      await world.replica.replace(aProduct({ [mug]: 1_000 }, newId('prod'), { price: { amount: 1_000, currency: 'USD' } }), 1);

      expect(await amounts(world, mug)).toEqual(['unknown']);
    });

    test('a variant that moves to another product is sold there', async () => {
      await using world = await open();
      const [mug, from, to] = [newId('var'), newId('prod'), newId('prod')];
      await world.replica.replace(aProduct({ [mug]: 1_000 }, from), 1);

      await world.replica.replace(aProduct({ [mug]: 2_000 }, to), 2);
      await world.replica.replace(aProduct({}, from), 2);

      expect(await amounts(world, mug)).toEqual([2_000]);
    });

    test('of records that come at once the newest stays', async () => {
      await using world = await open();
      const [mug, product] = [newId('var'), newId('prod')];
      await world.replica.replace(aProduct({ [mug]: 1_000 }, product), 1);

      await Promise.all(upTo(8).map((n) => world.replica.replace(aProduct({ [mug]: 1_000 + n }, product), 1 + n)));

      expect(await amounts(world, mug)).toEqual([1_008]);
    });
  });
}
