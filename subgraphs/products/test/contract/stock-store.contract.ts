import { newShardedId, type Id } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import { movementEffect } from '../../src/domain/stock.ts';
import type { MovementRow, ReservationRow, StockRow } from '../../simulation/tables.ts';
import type { StockStore } from '../../src/ports/stock-store.ts';

/** Stock of its own for one test. */
export interface StockWorld extends AsyncDisposable {
  /** One unit of work in one transaction, repeated after conflicts as in production. */
  transact<Result>(work: (stock: StockStore) => Promise<Result>): Promise<Result>;
  /** A product on sale with one variant per number, in id order: so many in stock. */
  aProduct(onHand: readonly number[]): Promise<readonly Id<'var'>[]>;
  /** Whether searches for things in stock show the variant's product. */
  isShown(variantId: Id<'var'>): Promise<boolean>;
  rows(): Promise<StockRows>;
}

/** What is stored; `held` are reservations of claims that are RESERVED. */
export interface StockRows {
  readonly stock: readonly Pick<StockRow, 'variantId' | 'available' | 'reserved' | 'version'>[];
  readonly movements: readonly Pick<MovementRow, 'variantId' | 'version' | 'kind' | 'quantity' | 'orderId'>[];
  readonly held: readonly Pick<ReservationRow, 'variantId' | 'quantity'>[];
}

export const anOrder = (): Id<'ord'> => newShardedId('ord', 7);

/** So many of a variant. */
export const units = (variantId: Id<'var'> | undefined, quantity: number) => ({ variantId: variantId as Id<'var'>, quantity });

/** What does not add up: rows against the ledger, the ledger's numbers, reservations against rows. */
export function faultsOf({ stock, movements, held }: StockRows): readonly string[] {
  return stock.flatMap(({ variantId, available, reserved, version }) => {
    const own = movements.filter((movement) => movement.variantId === variantId);
    const sum = { available: 0, reserved: 0 };
    for (const { kind, quantity } of own) {
      sum.available += movementEffect[kind].available * quantity;
      sum.reserved += movementEffect[kind].reserved * quantity;
    }
    const holds = held.reduce((all, line) => all + (line.variantId === variantId ? line.quantity : 0), 0);
    const numbers = own.map((movement) => movement.version).toSorted((left, right) => left - right);
    return [
      ...(sum.available === available && sum.reserved === reserved ? [] : [`${variantId}: the ledger does not give the row`]),
      ...(holds === reserved ? [] : [`${variantId}: ${String(reserved)} reserved, ${String(holds)} held`]),
      ...(numbers.length === version && numbers.every((number, at) => number === at + 1) ? [] : [`${variantId}: the ledger has holes`]),
    ];
  });
}

/** The sentences that every adapter of the stock store must pass. */
export function stockStoreContract(name: string, open: () => Promise<StockWorld>): void {
  describe(`stock store: ${name}`, () => {
    const levels = async (world: StockWorld, variants: readonly Id<'var'>[]) => {
      const { stock } = await world.rows();
      return variants.map((id) => {
        const row = stock.find(({ variantId }) => variantId === id);
        return [row?.available, row?.reserved];
      });
    };
    const reserve = (world: StockWorld, orderId: Id<'ord'>, ...lines: readonly ReturnType<typeof units>[]) =>
      world.transact((stock) => stock.reserve(orderId, lines));

    test('all lines are reserved, or none and every short one is named', async () => {
      await using world = await open();
      const [mug, lamp] = await world.aProduct([5, 1]);
      const [served, refused] = [anOrder(), anOrder()];

      expect(await reserve(world, served, units(mug, 2), units(lamp, 1))).toMatchObject({
        claim: { state: 'RESERVED', sequence: 1, reason: null, short: [] },
      });
      expect(await reserve(world, refused, units(mug, 2), units(lamp, 1))).toEqual({
        claim: { state: 'REJECTED', sequence: 1, reason: 'SHORT', short: [{ variantId: lamp, requested: 1, available: 0 }] },
        changed: [],
      });
      expect(await levels(world, [mug, lamp] as Id<'var'>[])).toEqual([
        [3, 2],
        [0, 1],
      ]);
    });

    test('a variant that nobody sells is refused and named', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([5]);
      const nothing = `var_${'0'.repeat(12)}7${'0'.repeat(3)}8${'0'.repeat(15)}` as Id<'var'>;

      expect((await reserve(world, anOrder(), units(mug, 9), units(nothing, 1))).claim).toMatchObject({
        reason: 'NOT_SELLABLE',
        short: [{ variantId: nothing, requested: 1, available: 0 }],
      });
    });

    test('twenty orders at once for ten units: ten are served', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);

      const answers = await Promise.all(Array.from({ length: 20 }, () => reserve(world, anOrder(), units(mug, 1))));

      expect(answers.filter(({ claim }) => claim.state === 'RESERVED')).toHaveLength(10);
      const versions = answers.flatMap(({ changed }) => changed.map(({ version }) => Number(version)));
      expect(versions.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 10 }, (_, at) => at + 2));
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[0, 10]]);
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('orders that name the same variants in another order queue, and none is told to run again', async () => {
      await using world = await open();
      const [mug, lamp, rug] = await world.aProduct([40, 40, 40]);
      let runs = 0;

      await Promise.all(
        Array.from({ length: 12 }, (_, at) => {
          const lines = [units(mug, 1), units(lamp, 2), units(rug, 1)];
          return world.transact((stock) => {
            runs += 1;
            return stock.reserve(anOrder(), at % 2 === 0 ? lines : lines.toReversed());
          });
        }),
      );

      expect(runs).toBe(12);
      expect(await levels(world, [mug, lamp, rug] as Id<'var'>[])).toEqual([
        [28, 12],
        [16, 24],
        [28, 12],
      ]);
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('one order reserved twice at once has its units once, and each is answered with a number of its own', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const orderId = anOrder();

      const answers = await Promise.all([1, 2, 3].map(() => reserve(world, orderId, units(mug, 4))));

      expect(answers.map(({ claim }) => [claim.state, Number(claim.sequence)]).toSorted()).toEqual([
        ['RESERVED', 1],
        ['RESERVED', 2],
        ['RESERVED', 3],
      ]);
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[6, 4]]);
    });

    test('what is committed twice is sold once', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const orderId = anOrder();
      await reserve(world, orderId, units(mug, 4));

      const answers = await Promise.all([1, 2].map(() => world.transact((stock) => stock.commit(orderId))));

      expect(answers.map((answer) => answer?.claim.state)).toEqual(['COMMITTED', 'COMMITTED']);
      expect(answers.map((answer) => answer?.changed.length).toSorted()).toEqual([0, 1]);
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[6, 0]]);
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('what nobody reserved cannot be committed', async () => {
      await using world = await open();
      const orderId = anOrder();

      expect(await world.transact((stock) => stock.commit(orderId))).toBeNull();
      await world.transact((stock) => stock.release(orderId, 'TIMEOUT'));
      expect((await world.transact((stock) => stock.commit(orderId)))?.claim.state).toBe('RELEASED');
    });

    test('a release that comes first is remembered: the reservation after it is refused', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const orderId = anOrder();

      const released = await world.transact((stock) => stock.release(orderId, 'TIMEOUT'));
      const reserved = await reserve(world, orderId, units(mug, 4));

      expect(released).toEqual({ claim: { state: 'RELEASED', sequence: 1, reason: 'TIMEOUT', short: [] }, changed: [] });
      expect(reserved).toEqual({ claim: { state: 'RELEASED', sequence: 2, reason: 'TIMEOUT', short: [] }, changed: [] });
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[10, 0]]);
    });

    test('reserve and release at once end with nothing held, whichever was first', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const orders = Array.from({ length: 8 }, anOrder);

      await Promise.all(
        orders.flatMap((orderId, at) => {
          const steps = [() => reserve(world, orderId, units(mug, 1)), () => world.transact((stock) => stock.release(orderId, 'TIMEOUT'))];
          return (at % 2 === 0 ? steps : steps.toReversed()).map((step) => step());
        }),
      );

      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[10, 0]]);
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('what is reserved goes back once, what is sold goes back on the shelf once', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const [held, sold] = [anOrder(), anOrder()];
      await reserve(world, held, units(mug, 3));
      await reserve(world, sold, units(mug, 4));
      await world.transact((stock) => stock.commit(sold));

      await Promise.all([held, sold, held, sold].map((orderId) => world.transact((stock) => stock.release(orderId, 'CANCELLED'))));

      const { movements, ...rows } = await world.rows();
      const kinds = movements.flatMap(({ kind, orderId }) => (orderId === null ? [] : [`${kind} ${orderId === held ? 'held' : 'sold'}`]));
      expect(kinds.toSorted()).toEqual(['COMMITTED sold', 'RELEASED held', 'RESERVED held', 'RESERVED sold', 'RESTOCKED sold']);
      expect(faultsOf({ movements, ...rows })).toEqual([]);
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[10, 0]]);
    });

    test('an adjustment ends between nothing and a billion, or changes nothing', async () => {
      await using world = await open();
      const [mug] = (await world.aProduct([3])) as [Id<'var'>];
      const adjust = (delta: number, variantId = mug) => world.transact((stock) => stock.adjust(variantId, delta, 'Counted'));

      expect(await adjust(-2)).toMatchObject({ available: 1, reserved: 0, version: 2 });
      expect(await adjust(-2)).toEqual({ refused: 'short', available: 1 });
      expect(await adjust(1_000_000_000)).toEqual({ refused: 'full', available: 1 });
      expect(await adjust(1, anOrder().replace('ord', 'var') as Id<'var'>)).toBeNull();
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('adjustments and orders at once take nothing that is not there', async () => {
      await using world = await open();
      const [mug] = (await world.aProduct([10])) as [Id<'var'>];

      await Promise.all([
        ...Array.from({ length: 8 }, () => reserve(world, anOrder(), units(mug, 1))),
        ...Array.from({ length: 8 }, () => world.transact((stock) => stock.adjust(mug, -1, 'Broken'))),
      ]);

      expect((await levels(world, [mug]))[0]?.[0]).toBe(0);
      expect(faultsOf(await world.rows())).toEqual([]);
    });

    test('what can be bought again is shown at once, what sold out is hidden when asked', async () => {
      await using world = await open();
      const [mug] = (await world.aProduct([1])) as [Id<'var'>];
      const orderId = anOrder();
      await reserve(world, orderId, units(mug, 1));
      await world.transact((stock) => stock.followStock(mug));
      expect(await world.isShown(mug)).toBe(false);

      await world.transact((stock) => stock.release(orderId, 'TIMEOUT'));
      expect(await world.isShown(mug)).toBe(true);
      await world.transact((stock) => stock.followStock(mug));
      expect(await world.isShown(mug)).toBe(true);
    });

    test('what is rolled back was never there', async () => {
      await using world = await open();
      const [mug] = await world.aProduct([10]);
      const orderId = anOrder();
      const undone = world.transact(async (stock) => {
        await stock.reserve(orderId, [units(mug, 4)]);
        throw new Error('no');
      });

      await expect(undone).rejects.toThrow('no');
      expect(await world.transact((stock) => stock.commit(orderId))).toBeNull();
      expect(await levels(world, [mug] as Id<'var'>[])).toEqual([[10, 0]]);
    });
  });
}
