import { newId, type Id } from '@tally/kernel';
import type { CallAnswer, EnquiryAnswer, Snapshot } from '../src/domain/evidence.ts';
import { isProgress, type PaymentFact } from '../src/domain/messages.ts';
import { keyOf, type Call, type Operation, type Work } from '../src/domain/operation.ts';
import { mayMove, type Payment } from '../src/domain/payment.ts';
import { plan } from '../src/domain/plan.ts';
import type { Refund } from '../src/domain/refund.ts';
import { settleCall, settleEnquiry } from '../src/domain/settle.ts';
import type { Settlement } from '../src/domain/settlement.ts';
import { aRefund, aWork, noon, patience } from './work-builder.ts';

/** What happens to one exchange with the provider. */
export type Fate = 'answered' | 'not sent' | 'lost before' | 'lost after' | 'late' | 'worker dies before' | 'worker dies after';

/** A provider with one authorisation, idempotent by key, and the worker that the domain's rules drive. Seconds stand still unless told. */
export function aLifecycle(verdict: Snapshot['status']) {
  const base = aWork();
  let payment: Payment = base.payment;
  let seconds = 0;
  const queue: { operation: Operation; dueAt: number; interrupted: boolean }[] = [];
  const facts: PaymentFact[] = [];
  const illegal: string[] = [];
  const late: { at: number; act: () => void }[] = [];

  const provider = {
    status: null as Snapshot['status'] | null,
    captured: 0,
    refunded: 0,
    captures: 0,
    done: new Map<string, 'SUCCEEDED' | 'REFUSED'>(),
  };
  const snapshot = (): Snapshot => ({
    ref: 'auth_1',
    orderId: payment.orderId,
    amount: 1_000,
    currency: 'EUR',
    status: provider.status ?? 'DECLINED',
    captured: provider.captured,
    actionUrl: provider.status === 'REQUIRES_ACTION' ? 'http://provider/1' : null,
    declineCode: null,
  });

  function effect({ call, key, refund }: Operation): void {
    if (provider.done.has(key)) return;
    const refuse = () => provider.done.set(key, 'REFUSED');
    if (call === 'AUTHORISE') provider.status = verdict;
    if (call === 'AUTHORISE' && verdict === 'CAPTURED') take();
    if (call === 'CAPTURE') {
      if (provider.status !== 'AUTHORISED') return void refuse();
      take();
    }
    if (call === 'VOID') {
      if (provider.status !== 'AUTHORISED' && provider.status !== 'REQUIRES_ACTION') return void refuse();
      provider.status = 'VOIDED';
    }
    if (call === 'REFUND') {
      const amount = refund?.amount.amount ?? 0;
      if (provider.status !== 'CAPTURED' || provider.refunded + amount > provider.captured) return void refuse();
      provider.refunded += amount;
    }
    provider.done.set(key, 'SUCCEEDED');
  }
  function take(): void {
    provider.status = 'CAPTURED';
    provider.captured = 1_000;
    provider.captures += 1;
  }

  const answer = (operation: Operation): CallAnswer =>
    provider.done.get(operation.key) === 'REFUSED'
      ? { kind: 'REFUSED', code: 'no', snapshot: snapshot() }
      : { kind: 'ANSWERED', snapshot: snapshot() };
  const enquiry = ({ key }: Operation): EnquiryAnswer =>
    provider.status === null
      ? { kind: 'NOT_FOUND' }
      : { kind: 'FOUND', snapshot: snapshot(), outcome: provider.done.get(key) ?? 'NONE', code: null };

  function exchange(operation: Operation, fate: Fate): CallAnswer | 'dead' {
    if (fate === 'not sent') return { kind: 'NOT_SENT', code: 'ECONNREFUSED', circuitOpen: false };
    if (fate === 'late')
      late.push({
        at: seconds + 9,
        act: () => {
          effect(operation);
        },
      });
    if (fate === 'answered' || fate === 'lost after' || fate === 'worker dies after') effect(operation);
    if (fate === 'worker dies before' || fate === 'worker dies after') return 'dead';
    return fate === 'answered' ? answer(operation) : { kind: 'UNKNOWN', code: 'TIMEOUT' };
  }

  function apply(entry: (typeof queue)[number], { operation, payment: change, refund, facts: said }: Settlement): void {
    if (change !== null && change.status !== payment.status && !mayMove(payment.status, change.status))
      illegal.push(`${payment.status} to ${change.status}`);
    if (change !== null) payment = { ...payment, ...change };
    const { runInMs, ...step } = operation;
    entry.operation = {
      ...entry.operation,
      ...step,
      refund: entry.operation.refund && { ...entry.operation.refund, status: refund ?? entry.operation.refund.status },
    };
    entry.interrupted = false;
    entry.dueAt = seconds + runInMs / 1_000;
    facts.push(...said);
  }

  return {
    provider,
    facts,
    illegal,
    get payment() {
      return payment;
    },
    get open() {
      return queue.filter(({ operation }) => operation.state !== 'DONE');
    },
    get refunds(): readonly Refund[] {
      return queue.flatMap(({ operation }) => operation.refund ?? []);
    },
    repliesTo: (commandId: Id<'cmd'>) => facts.filter((fact) => !isProgress(fact) && fact.data.commandId === commandId).length,
    command(kind: Call): Id<'cmd'> {
      const refund = kind === 'REFUND' ? aRefund() : null;
      const key = keyOf(payment.orderId, kind, refund?.id ?? null);
      const deadlineAt = kind === 'VOID' ? null : new Date(noon.getTime() + (seconds + 60) * 1_000);
      const operation: Operation = {
        ...base.operation,
        id: String(queue.length),
        commandId: newId('cmd'),
        kind,
        call: kind,
        key,
        refund,
        deadlineAt,
      };
      queue.push({ operation, dueAt: seconds, interrupted: false });
      return operation.commandId;
    },
    /** Lets time go on, and one step of the first open operation happen if it is due. */
    step(fate: Fate, bySeconds: number): void {
      seconds += bySeconds;
      for (const due of late.splice(0)) {
        if (due.at <= seconds) due.act();
        else late.push(due);
      }
      const [entry, ...behind] = queue.filter(({ operation }) => operation.state !== 'DONE');
      if (entry === undefined || entry.operation.state === 'PARKED' || entry.dueAt > seconds) return;
      const { operation, interrupted } = entry;
      const spokenFor = queue.reduce(
        (sum, { operation: { refund } }) =>
          refund === null || refund.id === operation.refund?.id || refund.status === 'FAILED' ? sum : sum + refund.amount.amount,
        0,
      );
      const work: Work = {
        ...base,
        payment,
        operation,
        interrupted,
        spokenFor,
        voidWaits: behind.some((other) => other.operation.kind === 'VOID'),
      };
      const moment = { now: new Date(noon.getTime() + seconds * 1_000), patience, random: 0.5 };
      const next = plan(work, moment);
      if (next.act === 'SETTLE') return apply(entry, next.settlement);
      if (next.act === 'ENQUIRE') {
        const silent = fate !== 'answered' && fate !== 'late';
        return apply(entry, settleEnquiry(work, silent ? { kind: 'UNKNOWN', code: 'TIMEOUT' } : enquiry(operation), moment));
      }
      const came = exchange(operation, fate);
      if (came !== 'dead') return apply(entry, settleCall(work, came, moment));
      entry.interrupted = true;
      entry.dueAt = seconds + 30;
    },
  };
}
