import { expect, test } from 'vitest';
import { parsePlainText } from './plain-text.ts';

test('text is trimmed and composed', () => {
  expect(parsePlainText('  Zoe\u0308  ', 20)).toBe('Zo\u00eb');
  expect(parsePlainText('   ', 20)).toBe('');
});

test.each([
  ['a line break', 'a\nb'],
  ['a header injection', 'Ada\r\nBcc: all@example.com'],
  ['NUL, which no table keeps', 'a\u0000b'],
  ['a line separator', 'a\u2028b'],
  ['half a surrogate pair', 'a\ud800'],
])('%s is refused', (_, text) => {
  expect(parsePlainText(text, 50)).toBeNull();
});

test('the length counts after trimming', () => {
  expect(parsePlainText(` ${'x'.repeat(20)} `, 20)).toBe('x'.repeat(20));
  expect(parsePlainText('x'.repeat(21), 20)).toBeNull();
});
