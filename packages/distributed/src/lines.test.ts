import { expect, test } from 'vitest';
import { createLineSplitter } from './lines.ts';

function linesOf(...pieces: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => void lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

test('a line is whole, however it came', () => {
  expect(linesOf('on', 'e\ntw', 'o\nthree\r\n')).toEqual(['one', 'two', 'three']);
});

test('the last line needs no end, and blank ones are left out', () => {
  expect(linesOf('one\n\n  \n', 'two')).toEqual(['one', 'two']);
});
