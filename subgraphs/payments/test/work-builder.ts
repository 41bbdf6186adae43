import { money, newId } from '@tally/kernel';
import type { Snapshot } from '../src/domain/evidence.ts';
import { keyOf, type Operation, type Work } from '../src/domain/operation.ts';
import type { Patience } from '../src/domain/pauses.ts';
import type { Payment } from '../src/domain/payment.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Moment } from '../src/domain/settlement.ts';

export const patience: Patience = { retryMs: [100, 200], enquiryMs: [1_000, 5_000], buyerMs: 500, settleMs: 10_000 };
export const noon = new Date('2026-11-21T12:00:00.000Z');

/** `seconds` after noon, without jitter. */
export const at = (seconds: number): Moment => ({ now: new Date(noon.getTime() + seconds * 1_000), patience, random: 0.5 });

export interface Change {
  readonly payment?: Partial<Payment>;
  readonly operation?: Partial<Operation>;
  readonly work?: Partial<Omit<Work, 'payment' | 'operation'>>;
}

/** An authorisation of 10.00 EUR whose turn has come, with some of it changed. */
export function aWork({ payment = {}, operation = {}, work = {} }: Change = {}): Work {
  const orderId = payment.orderId ?? newId('ord');
  const kind = operation.kind ?? 'AUTHORISE';
  return {
    payment: {
      id: newId('pay'),
      orderId,
      buyerId: newId('usr'),
      provider: 'simulator',
      token: 'tok_ok',
      status: 'PENDING',
      amount: money(1_000, 'EUR'),
      captured: 0,
      refunded: 0,
      providerRef: null,
      action: null,
      attention: null,
      createdAt: noon,
      updatedAt: noon,
      ...payment,
    },
    operation: {
      id: '1',
      commandId: newId('cmd'),
      kind,
      call: kind,
      key: keyOf(orderId, operation.call ?? kind, operation.refund?.id ?? null),
      state: 'READY',
      refund: null,
      deadlineAt: kind === 'VOID' ? null : new Date(noon.getTime() + 60_000),
      tries: 0,
      enquiries: 0,
      doubtSince: null,
      unknownSince: null,
      ...operation,
    },
    fence: 1,
    claimedAt: noon,
    interrupted: false,
    voidWaits: false,
    spokenFor: 0,
    ...work,
  };
}

export const aRefund = (change: Partial<Refund> = {}): Refund => ({
  id: newId('ref'),
  status: 'PENDING',
  amount: money(400, 'EUR'),
  reason: 'cancelled',
  createdAt: noon,
  ...change,
});

/** What the provider says about the payment of `work`, as it should be. */
export const aSnapshot = ({ payment }: Work, change: Partial<Snapshot> = {}): Snapshot => ({
  ref: payment.providerRef ?? 'auth_1',
  orderId: payment.orderId,
  amount: payment.amount?.amount ?? 0,
  currency: payment.amount?.currency ?? '',
  status: 'AUTHORISED',
  captured: change.status === 'CAPTURED' ? (payment.amount?.amount ?? 0) : 0,
  actionUrl: change.status === 'REQUIRES_ACTION' ? 'http://provider/challenges/auth_1' : null,
  declineCode: change.status === 'DECLINED' ? 'card_declined' : null,
  ...change,
});
