import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { maySee } from './visibility.ts';

test('an account is seen by its owner and by whoever sees all', () => {
  const [ada, bob] = [newId('usr'), newId('usr')];

  expect(maySee({ userId: ada, seesAll: false }, ada)).toBe(true);
  expect(maySee({ userId: bob, seesAll: false }, ada)).toBe(false);
  expect(maySee({ userId: null, seesAll: false }, ada)).toBe(false);
  expect(maySee({ userId: null, seesAll: true }, ada)).toBe(true);
});
