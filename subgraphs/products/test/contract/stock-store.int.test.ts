import type { Id } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClaimAfter, StockStore } from '../../src/ports/stock-store.ts';
import { openMemoryStock } from './memory-stock.ts';
import { openPostgresStock } from './postgres-stock.ts';
import { anOrder, stockStoreContract, units } from './stock-store.contract.ts';

stockStoreContract('PostgreSQL', openPostgresStock);

const onHand = [0, 5, 9];
const orderCount = 4;

type Step =
  | { readonly kind: 'reserve'; readonly order: number; readonly quantities: readonly number[] }
  | { readonly kind: 'commit' | 'release'; readonly order: number }
  | { readonly kind: 'adjust'; readonly variant: number; readonly delta: number }
  | { readonly kind: 'follow'; readonly variant: number };

const order = fc.nat(orderCount - 1);
const variant = fc.nat(onHand.length - 1);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), order, quantities: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const), order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      variant,
      delta: fc.integer({ min: -8, max: 8 }).filter((delta) => delta !== 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('follow' as const), variant }) },
);

/** Orders and variants that both adapters know. */
interface Cast {
  readonly orders: readonly Id<'ord'>[];
  readonly variants: readonly Id<'var'>[];
}

async function answer(stock: StockStore, step: Step, { orders, variants }: Cast): Promise<unknown> {
  if (step.kind === 'adjust') return stock.adjust(variants[step.variant] as Id<'var'>, step.delta, 'Counted');
  if (step.kind === 'follow') return stock.followStock(variants[step.variant] as Id<'var'>);
  const orderId = orders[step.order] as Id<'ord'>;
  if (step.kind !== 'reserve') return sorted(await (step.kind === 'commit' ? stock.commit(orderId) : stock.release(orderId, 'CANCELLED')));
  const lines = step.quantities.flatMap((quantity, at) => (quantity === 0 ? [] : [units(variants[at], quantity)]));
  return sorted(await stock.reserve(orderId, lines));
}

/** In which order a statement gives the changed rows means nothing. */
const sorted = (after: ClaimAfter | null): ClaimAfter | null =>
  after && { ...after, changed: after.changed.toSorted((left, right) => (left.variantId < right.variantId ? -1 : 1)) };

test('memory and PostgreSQL give the same answers to the same calls, and keep the same rows', { timeout: 120_000 }, async () => {
  await using postgres = await openPostgresStock();
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 16 }), async (script) => {
      const variants = await postgres.aProduct(onHand);
      const memory = openMemoryStock(1);
      const productId = anOrder().replace('ord', 'prod') as Id<'prod'>;
      await memory.putOnSale({ productId, variants: variants.map((id, at) => ({ id, onHand: onHand[at] ?? 0 })) });
      const cast: Cast = { variants, orders: Array.from({ length: orderCount }, anOrder) };

      for (const step of script) {
        const ask = (stock: StockStore) =>
          answer(stock, step, cast).catch((error: unknown) => (error instanceof Error ? error.message : error));
        expect(await memory.transact(ask), JSON.stringify(step)).toEqual(await postgres.transact(ask));
      }

      const [theirs, ours] = [await postgres.rows(), await memory.rows()];
      const known = new Set<string>(variants);
      const told = (rows: typeof theirs) => ({
        stock: rows.stock
          .flatMap(({ variantId, available, reserved, version }) =>
            known.has(variantId) ? [`${variantId} ${String([available, reserved, version])}`] : [],
          )
          .toSorted(),
        movements: rows.movements
          .flatMap(({ variantId, version, kind, quantity, orderId }) =>
            known.has(variantId) ? [[variantId, version, kind, quantity, orderId].join(' ')] : [],
          )
          .toSorted(),
      });
      expect(told(ours)).toEqual(told(theirs));
      expect(await memory.isShown(variants[0] as Id<'var'>)).toBe(await postgres.isShown(variants[0] as Id<'var'>));
    }),
    { numRuns: 60 },
  );
});
