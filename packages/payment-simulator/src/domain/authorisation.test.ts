import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approve, authorise, capture, expire, refund, release, transitions, type Authorisation, type Decision } from './authorisation.ts';
import type { Verdict } from './tokens.ts';

const asked = { id: 'auth_1', order: 'ord_1', amount: 1_000, currency: 'EUR', token: 'tok_ok', capture: false };
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const authorised = authorise(asked, 'approve').after;
const captured = capture(authorised, euros(1_000), 'approve').after;

test('an approved authorisation holds the amount and takes nothing', () => {
  expect(authorise(asked, 'approve')).toMatchObject({
    after: { status: 'authorised', captured: 0 },
    facts: [{ operation: 'authorise', outcome: 'succeeded' }],
  });
});

test('capturing at once is two facts', () => {
  for (const decision of [authorise({ ...asked, capture: true }, 'approve'), authorise(asked, 'capture')]) {
    expect(decision.after).toMatchObject({ status: 'captured', captured: 1_000 });
    expect(decision.facts.map(({ operation, status }) => [operation, status])).toEqual([
      ['authorise', 'authorised'],
      ['capture', 'captured'],
    ]);
  }
});

test('a declined card is an answer, not a refused call', () => {
  expect(authorise(asked, 'decline')).toMatchObject({
    after: { status: 'declined' },
    facts: [{ outcome: 'declined', reason: 'card_declined' }],
    refusal: null,
  });
});

test('an authorisation that waits for the buyer holds nothing until it is approved', () => {
  const waiting = authorise({ ...asked, capture: true }, 'require-action').after;

  expect(waiting.status).toBe('requires_action');
  expect(capture(waiting, euros(1), 'approve').refusal).toBe('invalid_state');
  expect(approve(waiting).facts.map(({ operation }) => operation)).toEqual(['approve', 'capture']);
  expect(approve(approve(waiting).after).refusal).toBe('invalid_state');
});

test('a capture takes up to the authorised amount, once', () => {
  expect(capture(authorised, euros(1_001), 'approve').refusal).toBe('amount_exceeds_authorised');
  expect(capture(authorised, { amount: 1_000, currency: 'USD' }, 'approve').refusal).toBe('currency_mismatch');
  expect(capture(authorised, euros(400), 'approve').after).toMatchObject({ status: 'captured', captured: 400 });
  expect(capture(captured, euros(1), 'approve').refusal).toBe('invalid_state');
});

test('a refused capture leaves the amount held', () => {
  expect(capture(authorised, euros(1_000), 'decline')).toMatchObject({ after: authorised, refusal: 'capture_refused' });
});

test('an authorisation found expired at its capture has let the amount go', () => {
  const decision = capture(authorised, euros(1_000), 'expire');

  expect(decision).toMatchObject({ after: { status: 'expired' }, refusal: 'authorisation_expired' });
  expect(decision.facts.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['expire', 'succeeded'],
    ['capture', 'refused'],
  ]);
  expect(capture(decision.after, euros(1_000), 'approve').refusal).toBe('authorisation_expired');
});

test('refunds add up to what was captured and not further', () => {
  const partly = refund(captured, euros(400), 'approve').after;

  expect(partly).toMatchObject({ status: 'partially_refunded', refunded: 400 });
  expect(refund(partly, euros(601), 'approve').refusal).toBe('amount_exceeds_captured');
  expect(refund(partly, { amount: 1, currency: 'USD' }, 'approve').refusal).toBe('currency_mismatch');
  expect(refund(partly, euros(600), 'approve').after).toMatchObject({ status: 'refunded', refunded: 1_000 });
  expect(refund(partly, euros(600), 'decline')).toMatchObject({ after: partly, refusal: 'refund_failed' });
  expect(refund(authorised, euros(1), 'approve').refusal).toBe('invalid_state');
});

test('only what is open can be voided or expire', () => {
  expect(release(authorised, 'approve').after.status).toBe('voided');
  expect(release(authorised, 'decline').refusal).toBe('void_refused');
  expect(release(captured, 'approve').refusal).toBe('invalid_state');
  expect(expire(authorised).after.status).toBe('expired');
  expect(expire(captured).refusal).toBe('invalid_state');
});

test('whatever is asked, only listed transitions are taken and no amount exceeds its source', () => {
  const verdict = fc.constantFrom<Verdict>('approve', 'decline', 'expire');
  const amount = fc.integer({ min: 1, max: 1_200 }).map(euros);
  const step = fc.oneof(
    fc.record({ amount, verdict }).map((args) => (a: Authorisation) => capture(a, args.amount, args.verdict)),
    fc.record({ amount, verdict }).map((args) => (a: Authorisation) => refund(a, args.amount, args.verdict)),
    verdict.map((ruling) => (a: Authorisation) => release(a, ruling)),
    fc.constantFrom<(a: Authorisation) => Decision>(approve, expire),
  );
  const opening = fc.record({
    capture: fc.boolean(),
    verdict: fc.constantFrom<Verdict>('approve', 'decline', 'require-action', 'capture'),
  });

  fc.assert(
    fc.property(opening, fc.array(step, { maxLength: 12 }), ({ capture: atOnce, verdict: ruling }, steps) => {
      const opened = authorise({ ...asked, capture: atOnce }, ruling);
      let { after } = opened;
      const facts = [...opened.facts];
      for (const next of steps) {
        const decision = next(after);
        if (decision.refusal === null) expect(transitions[after.status]).toContain(decision.after.status);
        facts.push(...decision.facts);
        after = decision.after;
      }
      expect(after.refunded).toBeLessThanOrEqual(after.captured);
      expect(after.captured).toBeLessThanOrEqual(after.amount);
      // The ledger alone tells the same sums.
      const sum = (operation: string) =>
        facts.filter((f) => f.operation === operation && f.outcome === 'succeeded').reduce((total, f) => total + f.amount, 0);
      expect([sum('capture'), sum('refund')]).toEqual([after.captured, after.refunded]);
    }),
  );
});
