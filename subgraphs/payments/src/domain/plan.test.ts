import { expect, test } from 'vitest';
import { aRefund, at, aWork, noon, type Change } from '../../test/work-builder.ts';
import type { Work } from './operation.ts';
import type { PaymentStatus } from './payment.ts';
import { plan } from './plan.ts';
import { mayMove } from './payment.ts';

const doubt = { doubtSince: noon, state: 'READY' } as const;

/** What the plan says in one word: the call, ENQUIRE, or the facts and the new status. */
function planned(change: Change, seconds = 1): string {
  const work = aWork(change);
  const step = plan(work, at(seconds));
  if (step.act !== 'SETTLE') return step.act === 'CALL' ? work.operation.call : step.act;
  const { operation, payment, refund, facts } = step.settlement;
  return [
    operation.state,
    ...facts.map(({ type }) => type),
    payment?.status,
    refund,
    operation.call === work.operation.call ? null : operation.call,
  ]
    .filter(Boolean)
    .join(' ');
}

test.each<[string, Change, string, number?]>([
  ['an authorisation', {}, 'AUTHORISE'],
  ['an authorisation with somebody else’s method', { payment: { token: null } }, 'DONE PaymentDeclined DECLINED'],
  ['an authorisation that a void overtook', { work: { voidWaits: true } }, 'DONE PaymentFailed VOIDED'],
  ['an authorisation past its deadline', {}, 'DONE PaymentFailed FAILED', 61],
  ['an authorisation found not to have happened', { payment: { status: 'IN_DOUBT' }, operation: doubt }, 'AUTHORISE'],
  ['the same past its deadline', { payment: { status: 'IN_DOUBT' }, operation: doubt }, 'DONE PaymentFailed FAILED', 61],
  [
    'the same with a void behind it',
    { payment: { status: 'IN_DOUBT' }, operation: doubt, work: { voidWaits: true } },
    'DONE PaymentFailed VOIDED',
  ],
  ['an authorisation after its void', { payment: { status: 'VOIDED' } }, 'DONE PaymentFailed'],
  ['a second authorisation of an authorised payment', { payment: { status: 'AUTHORISED' } }, 'DONE PaymentAuthorised'],
  ['a second authorisation of a captured payment', { payment: { status: 'CAPTURED', captured: 1_000 } }, 'DONE PaymentCaptured'],
  ['a second authorisation of a declined payment', { payment: { status: 'DECLINED' } }, 'DONE PaymentDeclined'],
  ['an interrupted authorisation', { work: { interrupted: true } }, 'ENQUIRE'],
  ['an interrupted authorisation past its deadline', { work: { interrupted: true } }, 'ENQUIRE', 61],
  ['a doubt', { payment: { status: 'IN_DOUBT' }, operation: { ...doubt, state: 'ENQUIRE' } }, 'ENQUIRE', 61],
  ['a buyer’s turn', { payment: { status: 'REQUIRES_ACTION' }, operation: { state: 'AWAITING_BUYER' } }, 'ENQUIRE'],
  [
    'a buyer’s turn past the deadline',
    { payment: { status: 'REQUIRES_ACTION' }, operation: { state: 'AWAITING_BUYER' } },
    'READY VOID',
    61,
  ],
  [
    'a buyer’s turn with a void behind it',
    { payment: { status: 'REQUIRES_ACTION' }, operation: { state: 'AWAITING_BUYER' }, work: { voidWaits: true } },
    'READY VOID',
  ],
  ['the undo of a buyer’s turn', { payment: { status: 'REQUIRES_ACTION' }, operation: { call: 'VOID' } }, 'VOID', 61],
  ['a capture', { payment: { status: 'AUTHORISED' }, operation: { kind: 'CAPTURE' } }, 'CAPTURE'],
  [
    'a capture of what was captured',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'CAPTURE' } },
    'DONE PaymentCaptured',
  ],
  ['a capture of what was voided', { payment: { status: 'VOIDED' }, operation: { kind: 'CAPTURE' } }, 'DONE CaptureRefused'],
  [
    'a capture with a void behind it',
    { payment: { status: 'AUTHORISED' }, operation: { kind: 'CAPTURE' }, work: { voidWaits: true } },
    'DONE CaptureRefused AUTHORISED',
  ],
  ['a capture never made', { payment: { status: 'AUTHORISED' }, operation: { kind: 'CAPTURE' } }, 'DONE CaptureRefused AUTHORISED', 61],
  ['a void', { payment: { status: 'AUTHORISED' }, operation: { kind: 'VOID' } }, 'VOID', 99_999],
  ['a void before anything', { payment: { status: 'VOIDED' }, operation: { kind: 'VOID' } }, 'DONE PaymentVoided'],
  ['a void of what was declined', { payment: { status: 'DECLINED' }, operation: { kind: 'VOID' } }, 'DONE PaymentDeclined'],
  ['a void of what failed', { payment: { status: 'FAILED' }, operation: { kind: 'VOID' } }, 'DONE PaymentFailed'],
  [
    'a void of what was captured',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'VOID' } },
    'DONE PaymentCaptured',
  ],
  ['a refund', { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'REFUND', refund: aRefund() } }, 'REFUND'],
  [
    'a refund beside others',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'REFUND', refund: aRefund() }, work: { spokenFor: 600 } },
    'REFUND',
  ],
  [
    'a refund of more than is left',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'REFUND', refund: aRefund() }, work: { spokenFor: 601 } },
    'DONE RefundFailed FAILED',
  ],
  [
    'a refund of what was not captured',
    { payment: { status: 'AUTHORISED' }, operation: { kind: 'REFUND', refund: aRefund() } },
    'DONE RefundFailed FAILED',
  ],
  [
    'a refund asked for again',
    {
      payment: { status: 'PARTIALLY_REFUNDED', captured: 1_000, refunded: 400 },
      operation: { kind: 'REFUND', refund: aRefund({ status: 'SUCCEEDED' }) },
    },
    'DONE PaymentRefunded',
  ],
  [
    'a refund that failed asked for again',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'REFUND', refund: aRefund({ status: 'FAILED' }) } },
    'DONE RefundFailed',
  ],
  [
    'a refund never made',
    { payment: { status: 'CAPTURED', captured: 1_000 }, operation: { kind: 'REFUND', refund: aRefund() } },
    'DONE RefundFailed FAILED',
    61,
  ],
  [
    'a refund in another currency',
    {
      payment: { status: 'CAPTURED', captured: 1_000 },
      operation: { kind: 'REFUND', refund: aRefund({ amount: { amount: 1, currency: 'USD' } }) },
    },
    'DONE RefundFailed FAILED',
  ],
])('%s is planned as it should be', (_, change, expected, seconds) => {
  expect(planned(change, seconds)).toBe(expected);
});

test('whatever the plan settles without a call is a listed move', () => {
  const statuses: PaymentStatus[] = [
    'PENDING',
    'REQUIRES_ACTION',
    'AUTHORISED',
    'CAPTURED',
    'PARTIALLY_REFUNDED',
    'REFUNDED',
    'DECLINED',
    'FAILED',
    'VOIDED',
    'IN_DOUBT',
  ];
  for (const status of statuses) {
    for (const kind of ['AUTHORISE', 'CAPTURE', 'VOID', 'REFUND'] as const) {
      for (const voidWaits of [true, false]) {
        for (const seconds of [1, 61]) {
          const work: Work = aWork({
            payment: { status, captured: 0 },
            operation: { kind, refund: kind === 'REFUND' ? aRefund() : null },
            work: { voidWaits },
          });
          const step = plan(work, at(seconds));
          const to = step.act === 'SETTLE' ? (step.settlement.payment?.status ?? status) : status;
          expect(to === status || mayMove(status, to), `${kind} on ${status}`).toBe(true);
        }
      }
    }
  }
});
