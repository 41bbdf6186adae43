import { newId, type Id } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OperationState, Work } from '../../src/domain/operation.ts';
import type { PaymentStatus } from '../../src/domain/payment.ts';
import type { Queue } from '../../src/ports/work-queue.ts';
import { commandsStoreContract } from './commands-store.contract.ts';
import { openMemoryStores } from './memory-stores.ts';
import { openPostgresStores } from './postgres-stores.ts';
import { settlementStoreContract } from './settlement-store.contract.ts';
import {
  aCommand,
  anAuthorisation,
  anOrder,
  authorise,
  capture,
  leaseMs,
  movedTo,
  refund,
  settlementOf,
  undo,
  type StoresWorld,
} from './stores-world.ts';
import { workQueueContract } from './work-queue.contract.ts';

for (const contract of [commandsStoreContract, workQueueContract, settlementStoreContract]) contract('PostgreSQL', openPostgresStores);

type Step =
  | { readonly kind: 'authorise' | 'capture' | 'void' | 'refund'; readonly order: number }
  | { readonly kind: 'claim'; readonly queue: Queue; readonly limit: number }
  | { readonly kind: 'attempt' | 'renew'; readonly held: number }
  | {
      readonly kind: 'write';
      readonly held: number;
      readonly state: OperationState;
      readonly to: PaymentStatus | null;
      readonly runInMs: number;
    }
  | { readonly kind: 'pass'; readonly ms: number };

// Mostly what was claimed last; what was claimed before that has lost its lease, or is done.
const held = fc.constantFrom(0, 0, 0, 1, 1, 2, 5);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('authorise' as const, 'capture' as const, 'void' as const, 'refund' as const),
      order: fc.nat(2),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      queue: fc.constantFrom<Queue>('CALLS', 'ENQUIRIES'),
      limit: fc.constantFrom(1, 2, 10),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('attempt' as const, 'renew' as const), held }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      held,
      state: fc.constantFrom<OperationState>('DONE', 'DONE', 'DONE', 'READY', 'ENQUIRE', 'AWAITING_BUYER', 'PARKED'),
      to: fc.constantFrom<PaymentStatus | null>(null, 'AUTHORISED', 'CAPTURED', 'VOIDED'),
      runInMs: fc.constantFrom(0, 60_000),
    }),
  },
  // Far from the ends of leases and pauses, so that the real time of a database decides nothing.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 35_000, 70_000) }) },
);

const beginning: readonly Step[] = [
  { kind: 'authorise', order: 0 },
  { kind: 'authorise', order: 1 },
];

/** One adapter with what was claimed from it, and the orders that both know. */
interface Side {
  readonly world: StoresWorld;
  readonly claimed: Work[];
}
type Cast = readonly {
  readonly orderId: Id<'ord'>;
  readonly row: ReturnType<typeof anAuthorisation>;
  readonly commandId: Id<'cmd'>;
  readonly refundId: Id<'ref'>;
}[];

/** What a call gave, without ids that each adapter draws for itself and without moments. */
async function answer({ world, claimed }: Side, step: Step, cast: Cast): Promise<unknown> {
  if (step.kind === 'pass') return world.pass(step.ms);
  if (step.kind === 'claim') {
    const works = await world.queue.claim(step.queue, step.limit, leaseMs);
    claimed.push(...works);
    return works.map(told);
  }
  if ('order' in step) return take(world, step, cast);
  const work = claimed.at(-1 - step.held);
  if (work === undefined) return null;
  if (step.kind !== 'write') return step.kind === 'renew' ? world.queue.renew([work], leaseMs) : world.queue.openAttempt(work, 'AUTHORISE');
  const payment = step.to === null ? null : movedTo({ status: step.to, captured: step.to === 'CAPTURED' ? 1_000 : 0 });
  const settlement = settlementOf(
    work,
    { state: step.state, runInMs: step.runInMs },
    { payment, refund: work.operation.refund && 'SUCCEEDED' },
  );
  const attempt = { number: 1, latencyMs: 3, outcome: 'SUCCEEDED', providerRef: null, errorCode: null } as const;
  return world.transact(async ({ settlements }) => {
    const written = await settlements.write(work, settlement, attempt);
    return written && [written, await settlements.raise(work.payment.orderId, 2)];
  });
}

async function take(world: StoresWorld, { kind, order }: Extract<Step, { readonly order: number }>, cast: Cast): Promise<unknown> {
  const { orderId, row, commandId, refundId } = cast[order] ?? expect.unreachable();
  if (kind === 'authorise') return authorise(world, row);
  if (kind === 'capture') return capture(world, orderId, { ...aCommand(orderId), commandId });
  return kind === 'void' ? undo(world, orderId) : refund(world, orderId, 400, refundId);
}

const told = ({ operation, payment, fence, interrupted, voidWaits, spokenFor }: Work) => ({
  operation: {
    ...operation,
    id: null,
    commandId: null,
    deadlineAt: null,
    refund: operation.refund && { ...operation.refund, createdAt: null },
  },
  payment: { ...payment, id: null, createdAt: null, updatedAt: null },
  rest: { fence, interrupted, voidWaits, spokenFor },
});

/** Texts of a database are its own; that a check refused it is not. */
function failed(error: unknown): { readonly failed: string } {
  const text = error instanceof Error ? error.message : String(error);
  return { failed: /check constraint/.test(text) ? 'check' : text.replaceAll(/_[0-9a-f]{32}/g, '') };
}

test('memory and PostgreSQL give the same answers to the same calls, and keep the same rows', { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 20, maxLength: 40, size: 'max' }), async (script) => {
      await using postgres = await openPostgresStores();
      const sides: readonly [Side, Side] = [
        { world: openMemoryStores(1), claimed: [] },
        { world: postgres, claimed: [] },
      ];
      const cast: Cast = Array.from({ length: 3 }, anOrder).map((orderId) => ({
        orderId,
        row: anAuthorisation(orderId),
        commandId: newId('cmd'),
        refundId: newId('ref'),
      }));
      for (const step of [...beginning, ...script]) {
        const [ours, theirs] = await Promise.all(sides.map((side) => answer(side, step, cast).catch(failed)));
        expect(ours, JSON.stringify(step)).toEqual(theirs);
        // What is written in one millisecond has no order.
        for (const { world } of sides) await world.pass(10);
      }

      const [ours, theirs] = [await sides[0].world.rows(), await postgres.rows()];
      const bare = (rows: typeof ours) => ({
        payments: rows.payments
          .map(({ orderId, buyerId, status, amount, captured }) => [orderId, buyerId, status, amount, captured].join(' '))
          .toSorted(),
        operations: rows.operations.map(({ operation, state, fence, hurried }) => [operation, state, fence, hurried].join(' ')),
        attempts: rows.attempts.map(({ number, outcome, errorCode }) => [number, outcome, errorCode].join(' ')).toSorted(),
        refunds: rows.refunds.map(({ id, status }) => `${id} ${status}`).toSorted(),
      });
      expect(bare(ours)).toEqual(bare(theirs));
    }),
    { numRuns: 30 },
  );
});
