import { crashPoint, unreachable, type CrashPoint } from '@tally/kernel';
import { attemptEnd } from '../domain/attempt.ts';
import type { CallAnswer } from '../domain/evidence.ts';
import { toEvent } from '../domain/messages.ts';
import type { Work } from '../domain/operation.ts';
import type { Patience } from '../domain/pauses.ts';
import { plan } from '../domain/plan.ts';
import { settleCall, settleEnquiry } from '../domain/settle.ts';
import type { Moment, Settlement } from '../domain/settlement.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { Transact } from '../ports/transact.ts';
import type { Carried, FinishedAttempt, Queue, WorkQueue } from '../ports/work-queue.ts';
import { inOperationSpan, type PaymentsTelemetry } from '../telemetry.ts';

export interface CarryOutDeps {
  readonly queue: WorkQueue;
  readonly transact: Transact;
  readonly provider: PaymentProvider;
  readonly patience: Patience;
  readonly telemetry: PaymentsTelemetry;
  readonly random: () => number;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** Says in how many milliseconds a queue has something again. */
  readonly workDue: (which: Queue, inMs: number) => void;
}

/** An operation that this process holds. */
export type Claimed = Work & { readonly trace: Carried };

/** Claims operations that are due, for `leaseMs` of database time. */
export function createClaim({ queue }: Pick<CarryOutDeps, 'queue'>) {
  return async function claim(which: Queue, limit: number, leaseMs: number): Promise<readonly Claimed[]> {
    const claimed = await queue.claim(which, limit, leaseMs);
    if (claimed.length > 0) crashPoint('payment.claim.after');
    return claimed;
  };
}

/** Extends the leases of operations that take longer. */
export function createRenew({ queue }: Pick<CarryOutDeps, 'queue'>) {
  return (held: readonly Claimed[], leaseMs: number): Promise<void> => queue.renew(held, leaseMs);
}

/**
 * Carries out one step of an operation: attempt row committed, then the provider, then everything that follows from its answer in one transaction.
 * The provider is never called inside a transaction: a rollback there would strand a real charge. A step that dies in between is taken up by
 * whoever claims the operation after the lease, with an enquiry first.
 */
export function createCarryOut(deps: CarryOutDeps) {
  const { queue, provider, telemetry, monotonicMs } = deps;

  async function carryOut(work: Claimed): Promise<void> {
    const startedMs = monotonicMs();
    // Database time, carried on by a clock that never jumps.
    const moment = (): Moment => ({
      now: new Date(work.claimedAt.getTime() + (monotonicMs() - startedMs)),
      patience: deps.patience,
      random: deps.random(),
    });
    const step = plan(work, moment());
    switch (step.act) {
      case 'SETTLE':
        return record(work, step.settlement, null);
      case 'CALL':
        return attempt(
          work,
          work.operation.call,
          () => call(work),
          (answer) => settleCall(work, answer, moment()),
        );
      case 'ENQUIRE': {
        const { key } = work.operation;
        const { orderId } = work.payment;
        return attempt(
          work,
          'ENQUIRE',
          () => provider.enquire({ key, orderId }),
          (answer) => settleEnquiry(work, answer, moment()),
        );
      }
      default:
        return unreachable(step);
    }
  }

  async function attempt<Answer extends Parameters<typeof attemptEnd>[0]>(
    work: Work,
    operation: keyof typeof pointsOf,
    ask: () => Promise<Answer>,
    settle: (answer: Answer) => Settlement,
  ): Promise<void> {
    const number = await queue.openAttempt(work, operation);
    if (number === null) return telemetry.leaseLost(work.operation.kind, work.payment.orderId);
    const points = pointsOf[operation];
    crashPoint(points.before);
    const startedMs = monotonicMs();
    const answer = await ask();
    const latencyMs = Math.round(monotonicMs() - startedMs);
    crashPoint(points.after);
    const end = attemptEnd(answer);
    telemetry.attemptEnded(operation, end, latencyMs, work.payment.orderId);
    await record(work, settle(answer), { number, latencyMs, ...end });
    crashPoint(points.recorded);
  }

  function call({ operation, payment }: Work): Promise<CallAnswer> {
    const { key, refund } = operation;
    const { orderId, amount, token, providerRef: ref } = payment;
    if (operation.call === 'AUTHORISE')
      return amount === null || token === null ? missing('token') : provider.authorise({ key, orderId, amount, token });
    if (ref === null) return missing('authorisation');
    switch (operation.call) {
      case 'CAPTURE':
        return amount === null ? missing('amount') : provider.capture({ key, ref, amount });
      case 'VOID':
        return provider.void({ key, ref });
      case 'REFUND':
        return refund === null ? missing('refund') : provider.refund({ key, ref, amount: refund.amount });
      default:
        return unreachable(operation.call);
    }
  }

  async function record(work: Work, settlement: Settlement, finished: FinishedAttempt | null): Promise<void> {
    const { orderId } = work.payment;
    const written = await deps.transact(async ({ settlements, outbox }) => {
      const result = await settlements.write(work, settlement, finished);
      const { facts } = settlement;
      if (result === null || facts.length === 0) return result;
      const sequences = await settlements.raise(orderId, facts.length);
      await outbox.append(...sequences.flatMap((sequence, at) => facts.slice(at, at + 1).map((fact) => toEvent(fact, orderId, sequence))));
      return result;
    });
    if (written === null) return telemetry.leaseLost(work.operation.kind, orderId);
    telemetry.settled(work.operation.kind, settlement, orderId);
    const { state, runInMs } = settlement.operation;
    if (state === 'READY' || (state === 'DONE' && written.othersWait)) deps.workDue('CALLS', runInMs);
    if (state === 'ENQUIRE' || state === 'AWAITING_BUYER') deps.workDue('ENQUIRIES', runInMs);
  }

  return (work: Claimed): Promise<void> => inOperationSpan(work.trace, work.operation, () => carryOut(work));
}

const pointsOf = {
  AUTHORISE: { before: 'provider.authorise.before', after: 'provider.authorise.after', recorded: 'provider.authorise.recorded' },
  CAPTURE: { before: 'provider.capture.before', after: 'provider.capture.after', recorded: 'provider.capture.recorded' },
  VOID: { before: 'provider.void.before', after: 'provider.void.after', recorded: 'provider.void.recorded' },
  REFUND: { before: 'provider.refund.before', after: 'provider.refund.after', recorded: 'provider.refund.recorded' },
  ENQUIRE: { before: 'provider.enquire.before', after: 'provider.enquire.after', recorded: 'provider.enquire.recorded' },
} as const satisfies Record<string, Record<'before' | 'after' | 'recorded', CrashPoint>>;

/** A row lacks what its state promises. */
const missing = (what: string): Promise<never> => Promise.reject(new TypeError(`a payment to be called for has no ${what}`));
