import fc from 'fast-check';
import { toUuid, type Id } from '@tally/kernel';
import { classifyDatabaseError } from '@tally/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimMoves, type ClaimState } from '../src/domain/stock-claim.ts';
import type { StockLine } from '../src/domain/stock.ts';
import { aCommand, anOrder, openWorld, type World } from './world.ts';

// The model: what stock and claims are by the rules alone. The machine: the use cases on PostgreSQL.
interface Model {
  readonly levels: Map<Id<'var'>, { available: number; reserved: number }>;
  readonly claims: Map<Id<'ord'>, { state: ClaimState; lines: readonly StockLine[]; replies: number }>;
}

interface Real {
  readonly world: World;
  readonly orders: readonly Id<'ord'>[];
  readonly variants: readonly Id<'var'>[];
}

type Step =
  | {
      readonly kind: 'reserve';
      readonly order: number;
      readonly lines: readonly { readonly variant: number; readonly quantity: number }[];
      readonly twice: boolean;
    }
  | { readonly kind: 'commit' | 'release'; readonly order: number; readonly twice: boolean }
  | { readonly kind: 'adjust'; readonly variant: number; readonly delta: number };

const variantCount = 3;
const orderCount = 4;

const order = fc.nat(orderCount - 1);
const variant = fc.nat(variantCount - 1);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      order,
      lines: fc.array(fc.record({ variant, quantity: fc.integer({ min: 1, max: 6 }) }), { minLength: 1, maxLength: 4 }),
      twice: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const), order, twice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('adjust' as const), variant, delta: fc.integer({ min: -8, max: 8 }) }) },
);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** As consumers and clients do: a lock that was not to be had in time on a busy machine changed nothing, so the step is tried again. */
async function run(real: Real, step: Step): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tryOnce(real, step);
      return;
    } catch (error) {
      if (classifyDatabaseError(error) !== 'busy' || attempt === 5) throw error;
    }
  }
}

async function tryOnce(real: Real, step: Step): Promise<void> {
  const { useCases } = real.world;
  if (step.kind === 'adjust') {
    const key = anOrder();
    await useCases.adjustInventory({
      scope: 'test',
      key,
      fingerprint: key,
      variantId: real.variants[step.variant] ?? null,
      delta: step.delta,
      reason: 'Counted',
    });
    return;
  }
  const command = { ...aCommand(), orderId: real.orders[step.order] as Id<'ord'> };
  const once = async (): Promise<void> => {
    if (step.kind === 'reserve')
      await useCases.reserveStock({
        ...command,
        lines: step.lines.map(({ variant: at, quantity }) => ({ variantId: real.variants[at] as Id<'var'>, quantity })),
      });
    else if (step.kind === 'release') await useCases.releaseStock({ ...command, reason: 'TIMEOUT' });
    else
      await useCases.commitStock(command).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'ImpossibleCommandError')) throw error;
      });
  };
  await once();
  if (step.twice) await once();
}

/** What the rules say. Written apart from the SQL, from the description of the claim's states. */
function apply(model: Model, real: Real, step: Step): void {
  if (step.kind === 'adjust') {
    const level = model.levels.get(real.variants[step.variant] as Id<'var'>);
    if (level !== undefined && level.available + step.delta >= 0) level.available += step.delta;
    return;
  }
  const orderId = real.orders[step.order] as Id<'ord'>;
  const claim = model.claims.get(orderId);
  if (step.kind === 'reserve') {
    if (claim !== undefined) return void (claim.replies += 1);
    const lines = new Map<Id<'var'>, number>();
    for (const line of step.lines)
      lines.set(real.variants[line.variant] as Id<'var'>, (lines.get(real.variants[line.variant] as Id<'var'>) ?? 0) + line.quantity);
    const wanted = [...lines].map(([variantId, quantity]) => ({ variantId, quantity }));
    const served = wanted.every(({ variantId, quantity }) => (model.levels.get(variantId)?.available ?? 0) >= quantity);
    model.claims.set(orderId, { state: served ? 'RESERVED' : 'REJECTED', lines: wanted, replies: 1 });
    if (served) for (const { variantId, quantity } of wanted) change(model, variantId, -quantity, quantity);
    return;
  }
  if (claim === undefined) {
    if (step.kind === 'release') model.claims.set(orderId, { state: 'RELEASED', lines: [], replies: 1 });
    return;
  }
  if (step.kind === 'commit' && claim.state !== 'RESERVED' && claim.state !== 'COMMITTED') return;
  const before = claim.state;
  claim.replies += 1;
  claim.state = claimMoves[step.kind][before] ?? before;
  if (claim.state === before) return;
  for (const { variantId, quantity } of claim.lines) {
    if (step.kind === 'commit') change(model, variantId, 0, -quantity);
    else change(model, variantId, quantity, before === 'RESERVED' ? -quantity : 0);
  }
}

function change({ levels }: Model, variantId: Id<'var'>, available: number, reserved: number): void {
  const level = levels.get(variantId);
  if (level === undefined) throw new Error(`no level of ${variantId}`);
  level.available += available;
  level.reserved += reserved;
}

async function begin(): Promise<{ model: Model; real: Real }> {
  const { variantIds } = await world.aProduct({ stock: [0, 5, 9] });
  const levels = new Map(variantIds.map((id, index) => [id, { available: [0, 5, 9][index] ?? 0, reserved: 0 }]));
  return {
    model: { levels, claims: new Map() },
    real: { world, variants: variantIds, orders: Array.from({ length: orderCount }, anOrder) },
  };
}

async function levelsOf({ variants }: Real) {
  const rows = await world.sql.rows('SELECT variant_id, available, reserved FROM stock WHERE variant_id = ANY ($1::uuid[])', [
    variants.map(toUuid),
  ]);
  return new Map(
    rows.map(({ variant_id, available, reserved }) => [`var_${String(variant_id).replaceAll('-', '')}`, { available, reserved }]),
  );
}

test('whatever comes in whatever order, stock and claims are what the rules say', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 14 }), async (script) => {
      const { model, real } = await begin();
      for (const step of script) {
        await run(real, step);
        apply(model, real, step);
      }

      expect(await levelsOf(real)).toEqual(model.levels);
      const claims = await world.sql.rows('SELECT order_id, state, sequence FROM stock_claim WHERE order_id = ANY ($1::uuid[])', [
        real.orders.map(toUuid),
      ]);
      expect(
        new Map(claims.map(({ order_id, state, sequence }) => [`ord_${String(order_id).replaceAll('-', '')}`, { state, sequence }])),
      ).toEqual(new Map([...model.claims].map(([id, { state, replies }]) => [id, { state, sequence: replies }])));
    }),
    { numRuns: 40 },
  );
  expect(await world.stockProblems()).toEqual([]);
});

test('whatever happens at the same moment, ledger, reservations and events agree with the rows', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 24 }), async (script) => {
      const { real } = await begin();
      await Promise.all(script.map((step) => run(real, step)));
      for (const { available, reserved } of (await levelsOf(real)).values()) {
        expect(Number(available)).toBeGreaterThanOrEqual(0);
        expect(Number(reserved)).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 20 },
  );
  expect(await world.stockProblems()).toEqual([]);
});
