import { expect, test } from 'vitest';
import { parseBehaviour, suitsEnquiry } from './behaviour.ts';

test.each([
  ['approve', { kind: 'approve' }],
  ['timeout-after', { kind: 'timeout-after' }],
  ['delay:3000', { kind: 'delay', ms: 3000 }],
  ['late:0', { kind: 'late', ms: 0 }],
  ['unknown-for:600000', { kind: 'unknown-for', ms: 600_000 }],
  ['http:500', { kind: 'http', status: 500, done: false }],
  ['http:502-after', { kind: 'http', status: 502, done: true }],
])('%s is a behaviour', (text, expected) => {
  expect(parseBehaviour(text)).toEqual({ text, ...expected });
});

test.each(['', 'Approve', 'delay', 'delay:', 'delay:-1', 'delay:03', 'delay:600001', 'http:200', 'http:500-before', 'late:1.5', 'explode'])(
  '"%s" is no behaviour',
  (text) => {
    expect(parseBehaviour(text)).toBeNull();
  },
);

test('an enquiry can fail but not decide', () => {
  const suits = (text: string) => suitsEnquiry(parseBehaviour(text) ?? { text, kind: 'approve' });

  expect(['delay:5', 'timeout-before', 'http:500', 'garbage', 'reset', 'refuse'].filter(suits)).toHaveLength(6);
  expect(['approve', 'decline', 'timeout-after', 'late:5', 'http:502-after', 'unknown-for:5'].filter(suits)).toEqual([]);
});
