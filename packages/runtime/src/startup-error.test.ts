import { expect, test } from 'vitest';
import { StartupError, toStartupError } from './startup-error.ts';

test('what a driver throws becomes one line that says what to do', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED\n at stack'), { code: 'ECONNREFUSED' });
  expect(toStartupError('PostgreSQL at db:5432', refused).message).toBe(
    'PostgreSQL at db:5432: nothing listens there: start it, or correct the address',
  );
  expect(toStartupError('port 80', Object.assign(new Error('x'), { code: 'EADDRINUSE' })).message).toMatch(/port is taken/);
  expect(toStartupError('it', new Error('first\nsecond')).message).toBe('it: first');
});

test('a failure on all addresses of a host is read like the first of them', () => {
  const both = new AggregateError([Object.assign(new Error('v6'), { code: 'ECONNREFUSED' }), new Error('v4')]);
  expect(toStartupError('it', both).message).toMatch(/nothing listens/);
});

test('an error that says what to do already stays as it is', () => {
  const error = new StartupError('do this');
  expect(toStartupError('it', error)).toBe(error);
});
