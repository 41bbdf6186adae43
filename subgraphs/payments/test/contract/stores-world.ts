import { money, newId, newShardedId, type Id } from '@tally/kernel';
import type { Call, Operation, Work } from '../../src/domain/operation.ts';
import type { OperationChange, PaymentChange, Settlement } from '../../src/domain/settlement.ts';
import type { AuthoriseRow, CommandRow } from '../../src/ports/commands-store.ts';
import type { PaymentsUnit } from '../../src/ports/transact.ts';
import type { WorkQueue } from '../../src/ports/work-queue.ts';
import type { AttemptRow, OperationRow, PaymentRow, RefundRow } from '../../simulation/tables.ts';

/** Stores of payments and their queue, of their own for one test. */
export interface StoresWorld extends AsyncDisposable {
  /** One unit of work in one transaction, repeated after conflicts as in production. */
  transact<Result>(work: (unit: StoresUnit) => Promise<Result>): Promise<Result>;
  readonly queue: WorkQueue;
  /** Lets so many milliseconds pass for what is due and leased. */
  pass(ms: number): Promise<void>;
  rows(): Promise<StoredPayments>;
}

export type StoresUnit = Pick<PaymentsUnit, 'commands' | 'settlements' | 'methods'>;

/** What is stored, oldest first. */
export interface StoredPayments {
  readonly payments: readonly Pick<PaymentRow, 'id' | 'orderId' | 'buyerId' | 'token' | 'status' | 'amount' | 'captured' | 'refunded'>[];
  readonly operations: readonly Pick<OperationRow, 'commandId' | 'operation' | 'call' | 'state' | 'fence' | 'hurried'>[];
  readonly attempts: readonly Pick<AttemptRow, 'number' | 'operation' | 'outcome' | 'errorCode' | 'latencyMs'>[];
  readonly refunds: readonly Pick<RefundRow, 'id' | 'status' | 'amount'>[];
}

export const leaseMs = 30_000;

export const anOrder = (): Id<'ord'> => newShardedId('ord', 7);

export const aCommand = (orderId: Id<'ord'>): CommandRow => ({
  commandId: newId('cmd'),
  orderId,
  trace: { traceparent: null, tracestate: null },
});

/** 10.00 EUR of the buyer's default method. */
export const anAuthorisation = (orderId: Id<'ord'>, change: Partial<AuthoriseRow> = {}): AuthoriseRow => ({
  ...aCommand(orderId),
  buyerId: newId('usr'),
  amount: money(1_000, 'EUR'),
  paymentMethodId: null,
  provider: 'simulator',
  deadlineAt: new Date('2027-01-01T00:00:00.000Z'),
  ...change,
});

export const authorise = (world: StoresWorld, row: AuthoriseRow): Promise<void> =>
  world.transact(({ commands }) => commands.authorise(row));

export const capture = (world: StoresWorld, orderId: Id<'ord'>, row = aCommand(orderId)): Promise<boolean> =>
  world.transact(({ commands }) => commands.capture(row, 60_000));

export const undo = (world: StoresWorld, orderId: Id<'ord'>, row = aCommand(orderId)): Promise<void> =>
  world.transact(({ commands }) => commands.void({ ...row, provider: 'simulator' }));

export const refund = (world: StoresWorld, orderId: Id<'ord'>, amount: number, refundId = newId('ref')): Promise<boolean> =>
  world.transact(({ commands }) =>
    commands.refund({ ...aCommand(orderId), refundId, amount: money(amount, 'EUR'), reason: 'cancelled' }, 60_000),
  );

/** What becomes of an operation, with its payment as it is. */
export function settlementOf({ operation }: Work, change: Partial<OperationChange>, more: Partial<Settlement> = {}): Settlement {
  const { state, call, key, tries, enquiries, doubtSince, unknownSince } = operation;
  return {
    operation: { state, call, key, tries, enquiries, doubtSince, unknownSince, runInMs: 0, ...change },
    payment: null,
    refund: null,
    facts: [],
    ...more,
  };
}

export const movedTo = (change: Pick<PaymentChange, 'status'> & Partial<PaymentChange>): PaymentChange => ({
  captured: 0,
  refunded: 0,
  providerRef: 'auth_1',
  action: null,
  attention: null,
  ...change,
});

export const settle = (world: StoresWorld, work: Work, settlement: Settlement) =>
  world.transact(({ settlements }) => settlements.write(work, settlement, null));

/** Ends what is claimed first of the calls. */
export async function finishNext(world: StoresWorld, change: PaymentChange | null = null): Promise<Call | null> {
  const [work] = await world.queue.claim('CALLS', 1, leaseMs);
  if (work === undefined) return null;
  await settle(world, work, settlementOf(work, { state: 'DONE' }, { payment: change }));
  return work.operation.kind;
}

export const kindsOf = (claimed: readonly Work[]): readonly Operation['kind'][] => claimed.map(({ operation }) => operation.kind);
