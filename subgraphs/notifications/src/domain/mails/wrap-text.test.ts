import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columns, wrapRow, wrapText } from './wrap-text.ts';

const texts = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).filter((word) => !/\s/.test(word)))
  .map((words) => words.join(' '));

test('no line is wider than asked for, and nothing is lost', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 8, max: 72 }), (text, width) => {
      const lines = wrapText(text, width);
      expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('words stay whole where they fit', () => {
  expect(wrapText('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapText('a no\u00a0break space', 9)).toEqual(['a', 'no\u00a0break', 'space']);
  expect(wrapText('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
  expect(wrapText('')).toEqual(['']);
});

test('East Asian characters and emoji are two columns wide, a family is one emoji', () => {
  expect([columns('abc'), columns('杯子'), columns('👩‍👩‍👧'), columns('é')]).toEqual([3, 4, 2, 1]);
});

test('an amount stands at the right margin, on a line of its own where it leaves no room', () => {
  expect(wrapRow('Mug', '€1.00')).toEqual([`Mug${' '.repeat(64)}€1.00`]);
  expect(wrapRow('Mug', '9'.repeat(40))).toEqual(['Mug', '9'.repeat(40).padStart(72)]);
});
