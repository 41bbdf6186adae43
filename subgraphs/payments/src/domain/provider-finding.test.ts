import { money } from '@tally/kernel';
import { expect, test } from 'vitest';
import { aRefund, at, aWork, noon, type Change } from '../../test/work-builder.ts';
import { settleFinding, type Finding, type ProviderFinding } from './provider-finding.ts';

const doubt = { state: 'ENQUIRE', doubtSince: noon, unknownSince: noon } as const;
const known = { status: 'IN_DOUBT', providerRef: 'auth_1' } as const;
const kinds = {
  AUTHORISE: { payment: { status: 'IN_DOUBT' }, operation: { ...doubt } },
  CAPTURE: { payment: known, operation: { ...doubt, kind: 'CAPTURE' } },
  VOID: { payment: known, operation: { ...doubt, kind: 'VOID' } },
  REFUND: {
    payment: { status: 'CAPTURED', captured: 1_000, providerRef: 'auth_1' },
    operation: { ...doubt, kind: 'REFUND', refund: aRefund({ status: 'IN_DOUBT' }) },
  },
} satisfies Record<string, Change>;
type Kind = keyof typeof kinds;

const findings = ['AUTHORISED', 'CAPTURED', 'DECLINED', 'VOIDED', 'REFUNDED', 'REFUSED'] as const satisfies readonly ProviderFinding[];
const stated = (kind: Kind, found: ProviderFinding): Finding => ({
  found,
  amount: kind === 'REFUND' ? money(400, 'EUR') : money(1_000, 'EUR'),
  providerRef: 'auth_1',
});
const settled = (change: Change, finding: Finding): string => {
  const outcome = settleFinding(aWork(change), finding, at(0));
  if (!outcome.ok) return `refused: ${outcome.refusal.field}`;
  const { operation, payment, refund, facts } = outcome.value;
  expect(payment?.attention).toBeNull();
  return [operation.state, ...facts.map(({ type }) => type), payment?.status, refund].filter(Boolean).join(' ');
};
const no = 'refused: found';

test.each<[Kind, readonly string[]]>([
  [
    'AUTHORISE',
    [
      'DONE PaymentAuthorised AUTHORISED',
      'DONE PaymentCaptured CAPTURED',
      'DONE PaymentDeclined DECLINED',
      'DONE PaymentFailed VOIDED',
      no,
      'DONE PaymentDeclined DECLINED',
    ],
  ],
  [
    'CAPTURE',
    [
      'DONE CaptureRefused AUTHORISED',
      'DONE PaymentCaptured CAPTURED',
      no,
      'DONE CaptureRefused VOIDED',
      no,
      'DONE CaptureRefused AUTHORISED',
    ],
  ],
  ['VOID', [no, 'DONE PaymentCaptured CAPTURED', no, 'DONE PaymentVoided VOIDED', no, no]],
  [
    'REFUND',
    [
      no,
      'DONE RefundFailed CAPTURED FAILED',
      no,
      no,
      'DONE PaymentRefunded PARTIALLY_REFUNDED SUCCEEDED',
      'DONE RefundFailed CAPTURED FAILED',
    ],
  ],
])('%s ends by what a person found as by an enquiry, or not at all', (kind, expected) => {
  expect(findings.map((found) => settled(kinds[kind], stated(kind, found)))).toEqual(expected);
});

test('a parked operation ends likewise, and nobody has to look any more', () => {
  const parked = {
    payment: { ...known, attention: 'MISMATCH amount' },
    operation: { kind: 'CAPTURE', state: 'PARKED', doubtSince: noon },
  } as const;
  expect(settled(parked, stated('CAPTURE', 'CAPTURED'))).toBe('DONE PaymentCaptured CAPTURED');
});

test('another amount, currency or authorisation is refused', () => {
  const finding = stated('CAPTURE', 'CAPTURED');
  expect(settled(kinds.CAPTURE, { ...finding, amount: money(999, 'EUR') })).toBe('refused: amount');
  expect(settled(kinds.CAPTURE, { ...finding, amount: money(1_000, 'USD') })).toBe('refused: amount');
  expect(settled(kinds.REFUND, { ...stated('REFUND', 'REFUNDED'), amount: money(1_000, 'EUR') })).toBe('refused: amount');
  expect(settled(kinds.CAPTURE, { ...finding, providerRef: 'auth_2' })).toBe('refused: found');
});

test('the authorisation must be named where it is not known', () => {
  expect(settled(kinds.AUTHORISE, { ...stated('AUTHORISE', 'AUTHORISED'), providerRef: null })).toBe('refused: providerRef');
  expect(settled(kinds.AUTHORISE, { ...stated('AUTHORISE', 'REFUSED'), providerRef: null })).toBe('DONE PaymentDeclined DECLINED');
  expect(settled(kinds.CAPTURE, { ...stated('CAPTURE', 'CAPTURED'), providerRef: null })).toBe('DONE PaymentCaptured CAPTURED');
});

test('an undo that waited for its buyer is over only when nothing is held', () => {
  const undo = { payment: { status: 'REQUIRES_ACTION', providerRef: 'auth_1' }, operation: { ...doubt, call: 'VOID' } } as const;
  expect(settled(undo, stated('AUTHORISE', 'AUTHORISED'))).toBe('refused: found');
  expect(settled(undo, stated('AUTHORISE', 'VOIDED'))).toBe('DONE PaymentFailed VOIDED');
});
