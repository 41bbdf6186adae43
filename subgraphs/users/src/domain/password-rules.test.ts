import { expect, test } from 'vitest';
import { isTooLong, normalisePassword, passwordFault } from './password-rules.ts';

test.each(['correct horse battery', 'пароль из слов', '正確的馬電池釘書針一二', '😀😁😂🤣😃😄😅😆😉😊', 'a b c d e f'])(
  '%s will do',
  (password) => {
    expect(passwordFault(password)).toBeNull();
  },
);

test('length counts characters, not bytes or UTF-16 units', () => {
  expect(passwordFault('😀😁😂🤣😃😄😅😆😉')).toBe('TOO_SHORT');
  expect(passwordFault(Array.from({ length: 128 }, (_, at) => String.fromCodePoint(0x1f600 + (at % 64))).join(''))).toBeNull();
  expect(passwordFault(Array.from({ length: 129 }, (_, at) => String.fromCodePoint(0x1f600 + (at % 64))).join(''))).toBe('TOO_LONG');
});

test('the same keys on another keyboard are the same password', () => {
  expect(normalisePassword('cafe\u0301 au lait')).toBe(normalisePassword('caf\u00e9 au lait'));
});

test.each([
  'password123',
  'Password1234',
  'P a s s w o r d 1 2 3!',
  'qwertyuiop',
  'QWERTY-12345',
  'letmein_2026!',
  '1234567890',
  'aaaaaaaaaaaa',
  'ababababab',
])('%s is among the first that are tried', (password) => {
  expect(passwordFault(password)).toBe('WELL_KNOWN');
});

test('megabytes of text are refused without being looked at', () => {
  expect(isTooLong('x'.repeat(10_000_000))).toBe(true);
  expect(isTooLong('x'.repeat(128))).toBe(false);
  expect(isTooLong('x'.repeat(129))).toBe(true);
});
