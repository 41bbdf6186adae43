import { expect, test } from 'vitest';
import { parseReason } from './reason.ts';

test('a reason is one line of 1 to 500 characters', () => {
  expect(parseReason(' the provider was away ')).toBe('the provider was away');
  expect(parseReason('x'.repeat(500))).toHaveLength(500);
  for (const text of ['', '  ', 'x'.repeat(501), 'two\nlines', 'nothing\0ness', '\ud800']) expect(parseReason(text)).toBeNull();
});
