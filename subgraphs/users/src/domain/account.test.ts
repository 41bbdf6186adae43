import { expect, test } from 'vitest';
import { parseDisplayName, parseEmail } from './account.ts';

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada+shop@example.co.uk ', 'ada+shop@example.co.uk'],
  ['JOSE\u0301@EXAMPLE.ORG', 'jos\u00e9@example.org'],
  ['用户@例子.广告', '用户@例子.广告'],
])('%s has one spelling', (given, spelling) => {
  expect(parseEmail(given)).toBe(spelling);
  expect(parseEmail(spelling)).toBe(spelling);
});

test.each([
  '',
  'ada',
  'ada@',
  '@example.com',
  'ada@example',
  'ada@example.c',
  'ada@@example.com',
  'ada lovelace@example.com',
  'ada@exam ple.com',
  'ada\u0000@example.com',
  'ada\r\nbcc:x@example.com',
  'Ada <ada@example.com>',
  'ada@example.com,bob@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a'.repeat(250)}.com`,
])('%j is no address', (text) => {
  expect(parseEmail(text)).toBeNull();
});

test('a name is optional, and one line', () => {
  expect(parseDisplayName(undefined)).toBeNull();
  expect(parseDisplayName(null)).toBeNull();
  expect(parseDisplayName('  ')).toBeNull();
  expect(parseDisplayName(' Ada Lovelace ')).toBe('Ada Lovelace');
  expect(parseDisplayName('x'.repeat(101))).toBeUndefined();
  expect(parseDisplayName('Ada\nLovelace')).toBeUndefined();
});
