import { UnreadableEventError } from '@tally/events';
import { expect, test } from 'vitest';
import { PoisonEventError } from '../consumer.ts';
import { describeFailure, judgeFailure, type FailureKind } from './failure.ts';

const sqlState = (code: string) => Object.assign(new Error('database'), { code });

test.each<[string, unknown, FailureKind]>([
  ['what the business can never accept', new PoisonEventError('no'), 'poison'],
  ['what cannot be read', new UnreadableEventError('no'), 'poison'],
  ['a lost serialisation', sqlState('40001'), 'wait'],
  ['a lock held by somebody else', sqlState('55P03'), 'wait'],
  ['a database that is away', sqlState('57P01'), 'wait'],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect'), 'wait'],
  ['a dependency that says it is worth another try', Object.assign(new Error('away'), { retryable: true }), 'wait'],
  ['a failed check', sqlState('23514'), 'count'],
  ['a unique violation nobody expected', sqlState('23505'), 'count'],
  ['a bug', new TypeError('x is not a function'), 'count'],
  ['nothing at all', undefined, 'count'],
])('%s is judged', (_case, error, kind) => {
  expect(judgeFailure(error)).toBe(kind);
});

test('a failure is described by class and text, in what a row can hold', () => {
  expect(describeFailure(new RangeError('a\0b'))).toEqual({ errorClass: 'RangeError', text: 'ab' });
  expect(describeFailure(undefined)).toEqual({ errorClass: 'undefined', text: 'undefined' });
  expect(describeFailure(new Error('x'.repeat(5000))).text).toHaveLength(2000);
});
