import { expect, test } from 'vitest';
import { parseBehaviour } from './behaviour.ts';
import { goesAstray, planEnquiry, planMoney } from './course.ts';
import { moneyOperations } from './money-request.ts';
import { ruleOf, tokens } from './tokens.ts';

const ordinary = { verdict: 'approve', waitMs: null, effect: { kind: 'done' }, hiddenMs: 0, reply: { kind: 'answer' }, behaviour: null };
const done = { kind: 'done' };
const never = { kind: 'never' };

test.each([
  ['approve', { verdict: 'approve' }],
  ['decline', { verdict: 'decline' }],
  ['delay:70', { waitMs: 70 }],
  ['timeout-before', { effect: never, reply: { kind: 'hold' } }],
  ['timeout-after', { effect: done, reply: { kind: 'hold' } }],
  ['late:80', { effect: { kind: 'late', ms: 80 }, reply: { kind: 'close' } }],
  ['http:500', { effect: never, reply: { kind: 'status', status: 500 } }],
  ['http:502-after', { effect: done, reply: { kind: 'status', status: 502 } }],
  ['garbage', { effect: done, reply: { kind: 'garbage' } }],
  ['reset', { effect: never, reply: { kind: 'reset' } }],
  ['refuse', { waitMs: 0, effect: never, reply: { kind: 'close' } }],
  ['unknown-for:90', { effect: done, hiddenMs: 90, reply: { kind: 'close' } }],
])('a call scripted as %s takes its course', (text, expected) => {
  expect(planMoney('capture', 'tok_ok', parseBehaviour(text), false)).toEqual({ ...ordinary, ...expected, behaviour: text });
});

test.each([
  ['tok_ok', 'authorise', {}],
  ['tok_declined', 'authorise', { verdict: 'decline' }],
  ['tok_action_required', 'authorise', { verdict: 'require-action' }],
  ['tok_captures_at_once', 'authorise', { verdict: 'capture' }],
  ['tok_timeout_after', 'authorise', { reply: { kind: 'hold' }, behaviour: 'timeout-after' }],
  ['tok_timeout_before', 'authorise', { effect: never, reply: { kind: 'hold' }, behaviour: 'timeout-before' }],
  ['tok_slow_3s', 'authorise', { waitMs: 3000, behaviour: 'delay:3000' }],
  ['tok_error', 'authorise', { effect: never, reply: { kind: 'status', status: 500 }, behaviour: 'http:500' }],
  ['tok_garbage', 'authorise', { reply: { kind: 'garbage' }, behaviour: 'garbage' }],
  ['tok_unknown_5s', 'authorise', { hiddenMs: 5000, reply: { kind: 'close' }, behaviour: 'unknown-for:5000' }],
  ['tok_capture_refused', 'capture', { verdict: 'decline' }],
  ['tok_capture_timeout_after', 'capture', { reply: { kind: 'hold' }, behaviour: 'timeout-after' }],
  ['tok_void_timeout_after', 'void', { reply: { kind: 'hold' }, behaviour: 'timeout-after' }],
  ['tok_refund_fails', 'refund', { verdict: 'decline' }],
  ['tok_expires', 'capture', { verdict: 'expire' }],
] as const)('%s changes %s alone', (token, operation, expected) => {
  expect(planMoney(operation, token, null, false)).toEqual({ ...ordinary, ...expected });
  for (const other of moneyOperations.filter((name) => name !== operation)) expect(planMoney(other, token, null, false)).toEqual(ordinary);
});

test('every behaviour that a token names exists', () => {
  const named = tokens.flatMap((token) => moneyOperations.flatMap((operation) => ruleOf(token, operation).behaviour ?? []));

  expect(named.map(parseBehaviour)).not.toContain(null);
});

test('a script comes before the token, whose verdict stays unless the script decides', () => {
  expect(planMoney('authorise', 'tok_timeout_after', parseBehaviour('approve'), false)).toEqual({ ...ordinary, behaviour: 'approve' });
  expect(planMoney('authorise', 'tok_declined', parseBehaviour('delay:5'), false)).toMatchObject({ verdict: 'decline', waitMs: 5 });
});

test('a token goes astray on the first call under a key only', () => {
  expect(goesAstray('tok_timeout_after', 'authorise')).toBe(true);
  expect(goesAstray('tok_timeout_after', 'capture')).toBe(false);
  expect(planMoney('authorise', 'tok_timeout_after', null, true)).toEqual(ordinary);
  expect(planMoney('authorise', 'tok_timeout_after', parseBehaviour('reset'), true)).toMatchObject({ reply: { kind: 'reset' } });
});

test('an enquiry is answered plainly unless scripted', () => {
  expect(planEnquiry(null)).toEqual(ordinary);
  expect(planEnquiry(parseBehaviour('http:503'))).toMatchObject({ reply: { kind: 'status', status: 503 } });
});
