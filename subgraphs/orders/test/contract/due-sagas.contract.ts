import { describe, expect, test } from 'vitest';
import { expire } from '../../src/domain/saga.ts';
import { aDraft, hears, placed, sagaOf, upTo } from './drafts.ts';
import type { OpenStores } from './stores-world.ts';

/** The sentences that everything must pass that says which sagas are due. */
export function dueSagasContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('sagas are due in the order of their time, at most as many as asked for', async () => {
      await using world = await open();
      await placed(world);
      const orders = [];
      for (const reserveMs of [-20_000, -60_000, -40_000]) orders.push(await placed(world, aDraft(), reserveMs));
      const [third, first, second] = orders.map(({ id }) => id);

      expect(await world.due.list(50)).toEqual([first, second, third]);
      expect(await world.due.list(2)).toEqual([first, second]);
    });

    test('a saga that is due is taken by one, passed over by others, and free after the end', async () => {
      await using world = await open();
      const [{ id }, later] = [await placed(world, aDraft(), -1_000), await placed(world)];
      const take = () => world.transaction(({ sagas }) => sagas.takeDue(id));

      await world.transaction(async ({ sagas }) => {
        expect(await sagas.takeDue(id)).toBe(true);
        expect(await take()).toBe(false);
      });

      expect(await take()).toBe(true);
      expect(await world.transaction(({ sagas }) => sagas.takeDue(later.id))).toBe(false);
      expect(await world.transaction(({ sagas }) => sagas.takeDue(aDraft().id))).toBe(false);
    });

    test('a saga that was given up is due no more', async () => {
      await using world = await open();
      const { id } = await placed(world, aDraft(), -1_000);

      await world.transaction(async ({ sagas }) => {
        expect(await sagas.takeDue(id)).toBe(true);
        const state = await sagas.load(id);
        const next = state === null ? null : expire(state.saga, state.now);
        if (state === null || next === null) throw new Error('it is not due');
        await sagas.apply(state, next, null);
      });

      expect(await world.due.list(50)).toEqual([]);
      expect(await sagaOf(world, id)).toMatchObject({ status: 'CANCELLED', saga: { step: 'ENDED', as: 'CANCELLED' } });
    });

    test('a saga that cannot be swept is due later', async () => {
      await using world = await open();
      const { id } = await placed(world, aDraft(), -1_000);

      await world.due.postpone(id, 'because');

      expect(await world.due.list(50)).toEqual([]);
      expect(await world.wakesAt(id)).toEqual(expect.any(Date));
      expect((await sagaOf(world, id)).saga).toMatchObject({ step: 'RESERVE', attention: null });
    });

    test('a saga that cannot be swept ten times waits for a person', async () => {
      await using world = await open();
      const { id } = await placed(world, aDraft(), -1_000);

      for (const time of upTo(10)) {
        await world.makeDue(id);
        expect((await sagaOf(world, id)).saga.attention).toBeNull();
        await world.due.postpone(id, `because, for the ${time}th time`);
      }

      expect(await world.wakesAt(id)).toBeNull();
      expect((await sagaOf(world, id)).saga).toMatchObject({ step: 'RESERVE', attention: 'because, for the 10th time' });
    });

    test('a saga that has moved on while somebody waited to postpone it keeps its own time', async () => {
      await using world = await open();
      const { id } = await placed(world, aDraft(), -1_000);
      const postponing = Promise.withResolvers<void>();

      await world.transaction(async (stores) => {
        await hears(stores, id, 'StockRejected', 'ReserveStock');
        postponing.resolve(world.due.postpone(id, 'because'));
        await world.somebodyWaits();
      });
      await postponing.promise;
      await world.due.postpone(id, 'because');

      expect(await world.wakesAt(id)).toBeNull();
      expect(await sagaOf(world, id)).toMatchObject({ status: 'REJECTED', version: 2, saga: { attention: null } });
    });
  });
}
