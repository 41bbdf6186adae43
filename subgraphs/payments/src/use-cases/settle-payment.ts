import { fingerprint, money, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import type { Idempotency, RecordedResult } from '@tally/subgraph-kit';
import { toEvent } from '../domain/messages.ts';
import type { Patience } from '../domain/pauses.ts';
import { settleFinding, type Finding, type ProviderFinding } from '../domain/provider-finding.ts';
import type { Settlement } from '../domain/settlement.ts';
import type { Work } from '../domain/operation.ts';
import type { Intervene, Taken } from '../ports/doubts.ts';
import type { PaymentsUnit } from '../ports/transact.ts';
import type { PaymentsTelemetry } from '../telemetry.ts';
import { mayOperate, noSuchPayment, notInDoubt, type InterventionProblem, type Operator } from './operator.ts';

export interface SettlePayment {
  readonly by: Operator;
  /** `null`: what was sent is no key. */
  readonly key: string | null;
  readonly input: {
    readonly paymentId: string;
    readonly found: ProviderFinding;
    /** Minor units. */
    readonly amount: number;
    readonly currency: string;
    readonly providerRef: string | null;
    /** `null`: what was sent is no reason. */
    readonly reason: string | null;
  };
}

export interface SettledPayment {
  readonly paymentId: Id<'pay'>;
  readonly replayed: boolean;
}

export interface SettlePaymentDeps {
  readonly intervene: Intervene;
  readonly keys: Pick<Idempotency, 'find'>;
  readonly patience: Patience;
  readonly telemetry: PaymentsTelemetry;
}

const operation = 'paymentSettle';

const invalid = (message: string, field: string): InterventionProblem => ({ code: 'INVALID', message, field });

/**
 * Ends a doubt by what a person saw in the provider's books: operation, payment, refund and the event for orders are written as an enquiry would have
 * them written, together with the record of who said so.
 */
export function createSettlePayment({ intervene, keys, patience, telemetry }: SettlePaymentDeps) {
  return async function settlePayment({ by, key, input }: SettlePayment): Promise<Outcome<SettledPayment, InterventionProblem>> {
    if (!mayOperate(by)) return refuse({ code: 'FORBIDDEN' });
    if (key === null) return refuse(invalid('1 to 255 printable characters.', 'idempotencyKey'));
    const intent = fingerprint({ ...input });
    const earlier = await keys.find(by.id, operation, key);
    if (earlier !== null) return replayed(earlier, intent);
    const parsed = parse(input);
    if (!parsed.ok) return parsed;
    const { id, finding, reason } = parsed.value;

    const outcome = await orProblem(
      intervene(async (unit) => {
        const claimed = await unit.idempotency.claim(by.id, operation, key, intent, { paymentId: id });
        if (claimed !== 'claimed') return { result: orThrow(replayed(claimed, intent)), settled: null };
        const work = workOf(await unit.doubts.take(id));
        const decided = settleFinding(work, finding, { now: work.claimedAt, patience, random: 0 });
        if (!decided.ok) throw new ProblemError(invalid(decided.refusal.message, decided.refusal.field));
        await write(unit, work, decided.value);
        const details = { ...finding, operation: work.operation.kind, was: work.payment.status, attention: work.payment.attention };
        await unit.interventions.record({ actor: by.id, action: operation, subject: id, reason, details });
        return { result: { paymentId: id, replayed: false }, settled: { work, settlement: decided.value } };
      }),
    );
    if (!outcome.ok) return outcome;
    const { result, settled } = outcome.value;
    if (settled !== null) telemetry.settled(settled.work.operation.kind, settled.settlement, settled.work.payment.orderId);
    return ok(result);
  };
}

async function write({ settlements, outbox }: PaymentsUnit, work: Work, settlement: Settlement): Promise<void> {
  const written = await settlements.write(work, settlement, null);
  if (written === null) throw new Error(`the operation of ${work.payment.id} is locked and somebody else has written it: a bug`);
  const { orderId } = work.payment;
  const { facts } = settlement;
  const sequences = await settlements.raise(orderId, facts.length);
  await outbox.append(...sequences.flatMap((sequence, at) => facts.slice(at, at + 1).map((fact) => toEvent(fact, orderId, sequence))));
}

function parse({
  paymentId,
  found,
  amount,
  currency,
  providerRef,
  reason,
}: SettlePayment['input']): Outcome<{ readonly id: Id<'pay'>; readonly finding: Finding; readonly reason: string }, InterventionProblem> {
  const id = parseId('pay', paymentId);
  if (id === null) return refuse(invalid('This is no id of a payment.', 'paymentId'));
  if (reason === null) return refuse(invalid('1 to 500 characters on one line.', 'reason'));
  if (providerRef !== null && !/^[\x21-\x7e]{1,200}$/.test(providerRef))
    return refuse(invalid('1 to 200 printable characters.', 'providerRef'));
  return ok({ id, finding: { found, amount: money(amount, currency), providerRef }, reason });
}

function workOf(taken: Taken): Work {
  switch (taken.kind) {
    case 'TAKEN':
      return taken.work;
    case 'HELD':
      throw new ProblemError({ code: 'CONFLICT', message: 'The provider is being asked at this moment: try again.', field: 'paymentId' });
    case 'NOT_IN_DOUBT':
      throw new ProblemError(notInDoubt);
    case 'NO_SUCH_PAYMENT':
      throw new ProblemError(noSuchPayment);
  }
}

function replayed({ fingerprint: meant, result }: RecordedResult, intent: string): Outcome<SettledPayment, InterventionProblem> {
  if (meant !== intent) return refuse({ code: 'IDEMPOTENCY_KEY_REUSED' });
  return ok({ ...(result as Pick<SettledPayment, 'paymentId'>), replayed: true });
}

/** Ends the unit of work without a trace of it, the key included. Never leaves this file. */
class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: InterventionProblem;
  constructor(problem: InterventionProblem) {
    super('refused');
    this.problem = problem;
  }
}

function orThrow<T>(outcome: Outcome<T, InterventionProblem>): T {
  if (!outcome.ok) throw new ProblemError(outcome.refusal);
  return outcome.value;
}

async function orProblem<T>(work: Promise<T>): Promise<Outcome<T, InterventionProblem>> {
  try {
    return ok(await work);
  } catch (error) {
    if (error instanceof ProblemError) return refuse(error.problem);
    throw error;
  }
}
