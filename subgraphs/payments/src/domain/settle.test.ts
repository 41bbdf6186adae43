import { expect, test } from 'vitest';
import { aRefund, aSnapshot, at, aWork, noon, type Change } from '../../test/work-builder.ts';
import type { CallAnswer, EnquiryAnswer, Snapshot } from './evidence.ts';
import type { Work } from './operation.ts';
import { settleCall, settleEnquiry } from './settle.ts';
import type { Settlement } from './settlement.ts';

const unknown = { kind: 'UNKNOWN', code: 'TIMEOUT' } as const;
const notSent = { kind: 'NOT_SENT', code: 'ECONNREFUSED', circuitOpen: false } as const;
const inDoubt = (seconds = 0) =>
  ({ state: 'ENQUIRE', doubtSince: noon, unknownSince: new Date(noon.getTime() + seconds * 1_000) }) as const;

const said = ({ operation, payment, refund, facts }: Settlement): string =>
  [operation.state, ...facts.map(({ type }) => type), payment?.status, refund].filter(Boolean).join(' ');

const answered =
  (status: Snapshot['status']) =>
  (work: Work): CallAnswer => ({ kind: 'ANSWERED', snapshot: aSnapshot(work, { status }) });
const refusedWith =
  (status: Snapshot['status'] | null) =>
  (work: Work): CallAnswer => ({ kind: 'REFUSED', code: 'no', snapshot: status === null ? null : aSnapshot(work, { status }) });
const found =
  (status: Snapshot['status'], outcome: 'SUCCEEDED' | 'REFUSED' | 'NONE' = 'SUCCEEDED', change: Partial<Snapshot> = {}) =>
  (work: Work): EnquiryAnswer => ({
    kind: 'FOUND',
    snapshot: aSnapshot(work, { status, ...change }),
    outcome,
    code: outcome === 'REFUSED' ? 'no' : null,
  });

const capture = { payment: { status: 'AUTHORISED', providerRef: 'auth_1' }, operation: { kind: 'CAPTURE' } } as const;
const voiding = { payment: { status: 'AUTHORISED', providerRef: 'auth_1' }, operation: { kind: 'VOID' } } as const;
const refunding = {
  payment: { status: 'CAPTURED', captured: 1_000, providerRef: 'auth_1' },
  operation: { kind: 'REFUND', refund: aRefund() },
} as const;
const undoing = { payment: { status: 'REQUIRES_ACTION', providerRef: 'auth_1' }, operation: { kind: 'AUTHORISE', call: 'VOID' } } as const;

test.each<[string, Change, (work: Work) => CallAnswer, string]>([
  ['authorised', {}, answered('AUTHORISED'), 'DONE PaymentAuthorised AUTHORISED'],
  ['captured at once', {}, answered('CAPTURED'), 'DONE PaymentCaptured CAPTURED'],
  ['declined', {}, answered('DECLINED'), 'DONE PaymentDeclined DECLINED'],
  ['turned away', {}, refusedWith(null), 'DONE PaymentDeclined DECLINED'],
  ['up to the buyer', {}, answered('REQUIRES_ACTION'), 'AWAITING_BUYER PaymentActionRequired REQUIRES_ACTION'],
  ['without an answer', {}, () => unknown, 'ENQUIRE PaymentInDoubt IN_DOUBT'],
  ['certainly not sent', {}, () => notSent, 'READY'],
  ['captured', capture, answered('CAPTURED'), 'DONE PaymentCaptured CAPTURED'],
  ['a capture refused for good', capture, refusedWith('AUTHORISED'), 'DONE CaptureRefused AUTHORISED'],
  ['a capture refused because it expired', capture, refusedWith('VOIDED'), 'DONE CaptureRefused VOIDED'],
  ['a capture refused because it was captured', capture, refusedWith('CAPTURED'), 'DONE PaymentCaptured CAPTURED'],
  ['a capture without an answer', capture, () => unknown, 'ENQUIRE PaymentInDoubt IN_DOUBT'],
  ['voided', voiding, answered('VOIDED'), 'DONE PaymentVoided VOIDED'],
  ['a void refused because it was captured', voiding, refusedWith('CAPTURED'), 'DONE PaymentCaptured CAPTURED'],
  ['a void refused because it expired', voiding, refusedWith('VOIDED'), 'DONE PaymentVoided VOIDED'],
  ['a void refused for no good reason', voiding, refusedWith('AUTHORISED'), 'PARKED PaymentInDoubt IN_DOUBT'],
  ['a void refused without a word', voiding, refusedWith(null), 'ENQUIRE PaymentInDoubt IN_DOUBT'],
  ['refunded in part', refunding, answered('CAPTURED'), 'DONE PaymentRefunded PARTIALLY_REFUNDED SUCCEEDED'],
  ['a refund refused for good', refunding, refusedWith('CAPTURED'), 'DONE RefundFailed FAILED'],
  ['a refund without an answer', refunding, () => unknown, 'ENQUIRE PaymentInDoubt IN_DOUBT'],
  ['undone', undoing, answered('VOIDED'), 'DONE PaymentFailed VOIDED'],
  ['too late to undo', undoing, refusedWith('CAPTURED'), 'DONE PaymentCaptured CAPTURED'],
])('a call that is %s has that one consequence', (_, change, answer, expected) => {
  const work = aWork(change);
  expect(said(settleCall(work, answer(work), at(1)))).toBe(expected);
});

test.each<[string, Change, (work: Work) => EnquiryAnswer, string, number?]>([
  [
    'is found authorised',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    found('AUTHORISED'),
    'DONE PaymentAuthorised AUTHORISED',
  ],
  ['is found declined', { payment: { status: 'IN_DOUBT' }, operation: inDoubt() }, found('DECLINED'), 'DONE PaymentDeclined DECLINED'],
  [
    'is not found within the settle window',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    () => ({ kind: 'NOT_FOUND' }),
    'ENQUIRE',
    9,
  ],
  [
    'is not found after the settle window',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    () => ({ kind: 'NOT_FOUND' }),
    'READY',
    10,
  ],
  ['gets no answer', { payment: { status: 'IN_DOUBT' }, operation: inDoubt() }, () => unknown, 'ENQUIRE', 99_999],
  ['is not let through', { payment: { status: 'IN_DOUBT' }, operation: inDoubt() }, () => notSent, 'ENQUIRE', 99_999],
  ['was interrupted and is found', { work: { interrupted: true } }, found('AUTHORISED'), 'DONE PaymentAuthorised AUTHORISED'],
  ['was interrupted and is not found', { work: { interrupted: true } }, () => ({ kind: 'NOT_FOUND' }), 'ENQUIRE PaymentInDoubt IN_DOUBT'],
  [
    'has another amount',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    found('AUTHORISED', 'SUCCEEDED', { amount: 999 }),
    'PARKED IN_DOUBT',
  ],
  [
    'has another currency',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    found('AUTHORISED', 'SUCCEEDED', { currency: 'USD' }),
    'PARKED IN_DOUBT',
  ],
  [
    'belongs to another order',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    found('AUTHORISED', 'SUCCEEDED', { orderId: 'ord_1' }),
    'PARKED IN_DOUBT',
  ],
  [
    'was captured in part',
    { payment: { status: 'IN_DOUBT' }, operation: inDoubt() },
    found('CAPTURED', 'SUCCEEDED', { captured: 1 }),
    'PARKED IN_DOUBT',
  ],
  [
    'is a capture found captured',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'CAPTURE', ...inDoubt() } },
    found('CAPTURED'),
    'DONE PaymentCaptured CAPTURED',
  ],
  [
    'is a capture found refused',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'CAPTURE', ...inDoubt() } },
    found('AUTHORISED', 'REFUSED'),
    'DONE CaptureRefused AUTHORISED',
  ],
  [
    'is a capture nobody has seen yet',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'CAPTURE', ...inDoubt() } },
    found('AUTHORISED', 'NONE'),
    'ENQUIRE',
    9,
  ],
  [
    'is a capture nobody has seen',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'CAPTURE', ...inDoubt() } },
    found('AUTHORISED', 'NONE'),
    'READY',
    11,
  ],
  [
    'is a void found done',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'VOID', ...inDoubt() } },
    found('VOIDED'),
    'DONE PaymentVoided VOIDED',
  ],
  [
    'is another authorisation',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { kind: 'VOID', ...inDoubt() } },
    found('VOIDED', 'SUCCEEDED', { ref: 'auth_2' }),
    'PARKED IN_DOUBT',
  ],
  [
    'is a refund found done',
    { ...refunding, operation: { ...refunding.operation, ...inDoubt() } },
    found('CAPTURED'),
    'DONE PaymentRefunded PARTIALLY_REFUNDED SUCCEEDED',
  ],
  [
    'is a refund nobody has seen',
    { ...refunding, operation: { ...refunding.operation, ...inDoubt() } },
    found('CAPTURED', 'NONE'),
    'READY',
    11,
  ],
  [
    'waits for the buyer',
    { payment: { status: 'REQUIRES_ACTION', providerRef: 'auth_1' }, operation: { state: 'AWAITING_BUYER' } },
    found('REQUIRES_ACTION'),
    'AWAITING_BUYER',
  ],
  [
    'waited for the buyer',
    { payment: { status: 'REQUIRES_ACTION', providerRef: 'auth_1' }, operation: { state: 'AWAITING_BUYER' } },
    found('AUTHORISED'),
    'DONE PaymentAuthorised AUTHORISED',
  ],
  [
    'waits while the provider is silent',
    { payment: { status: 'REQUIRES_ACTION' }, operation: { state: 'AWAITING_BUYER' } },
    () => unknown,
    'AWAITING_BUYER',
  ],
  [
    'is an undo nobody has seen yet',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { call: 'VOID', ...inDoubt() } },
    found('AUTHORISED', 'NONE'),
    'ENQUIRE',
    9,
  ],
  [
    'is an undo nobody has seen',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { call: 'VOID', ...inDoubt() } },
    found('REQUIRES_ACTION', 'NONE'),
    'READY',
    11,
  ],
  [
    'is an undo found done',
    { payment: { status: 'IN_DOUBT', providerRef: 'auth_1' }, operation: { call: 'VOID', ...inDoubt() } },
    found('VOIDED'),
    'DONE PaymentFailed VOIDED',
  ],
])('an enquiry after what %s has that one consequence', (_, change, answer, expected, seconds = 1) => {
  const work = aWork(change);
  expect(said(settleEnquiry(work, answer(work), at(seconds)))).toBe(expected);
});

test('one doubt is told once, however often the call is made again', () => {
  const work = aWork();
  const first = settleCall(work, unknown, at(0));
  const again = {
    ...work,
    payment: { ...work.payment, status: 'IN_DOUBT' as const },
    operation: { ...work.operation, ...first.operation, state: 'READY' as const },
  };
  const second = settleCall(again, unknown, at(20));

  expect([first.facts.length, second.facts.length]).toEqual([1, 0]);
  expect(second.operation.unknownSince).toEqual(at(20).now);
  expect(second.operation.doubtSince).toEqual(at(0).now);
});

test('enquiries of one doubt come further and further apart', () => {
  let work = aWork();
  const pauses: number[] = [];
  for (let asked = 0; asked < 3; asked++) {
    const { operation } = asked === 0 ? settleCall(work, unknown, at(0)) : settleEnquiry(work, unknown, at(1));
    pauses.push(operation.runInMs);
    work = { ...work, payment: { ...work.payment, status: 'IN_DOUBT' }, operation: { ...work.operation, ...operation } };
  }
  expect(pauses).toEqual([1_000, 5_000, 5_000]);
});

test('a retry never waits beyond the deadline', () => {
  const work = aWork({ operation: { tries: 5 } });
  expect(settleCall(work, notSent, at(59.95)).operation.runInMs).toBe(50);
  expect(settleCall(work, notSent, at(1)).operation.runInMs).toBe(200);
});

test('the last refund of a payment ends it', () => {
  const work = aWork({ ...refunding, payment: { ...refunding.payment, status: 'PARTIALLY_REFUNDED', refunded: 600 } });
  const { payment } = settleCall(work, { kind: 'ANSWERED', snapshot: aSnapshot(work, { status: 'CAPTURED' }) }, at(1));
  expect(payment).toMatchObject({ status: 'REFUNDED', refunded: 1_000 });
});

test('what cannot be is parked with its reason and stays in doubt', () => {
  const work = aWork();
  const { operation, payment } = settleCall(work, { kind: 'ANSWERED', snapshot: aSnapshot(work, { amount: 1 }) }, at(1));
  expect([operation.state, payment?.status, payment?.attention]).toEqual(['PARKED', 'IN_DOUBT', 'MISMATCH amount']);
});
