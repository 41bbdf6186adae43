import { expect, test } from 'vitest';
import { createNarration, euros, spoken } from './narration.ts';

test('scenes are numbered, what arrives is told with its time, and nothing but text goes to a file', () => {
  const lines: string[] = [];
  const tell = createNarration((line) => lines.push(line), false);

  tell.scene('Ada follows an order');
  tell.sees('#1', 'PENDING', spoken(12.4));
  tell.holds('once and in order');

  expect(lines).toEqual(['', '1  Ada follows an order', `     #1   PENDING${' '.repeat(40)}12 ms`, '   ✓ once and in order']);
});

test('a terminal gets colours', () => {
  const lines: string[] = [];
  createNarration((line) => lines.push(line), true).holds('kept');

  expect(lines).toEqual(['   \u001b[32m✓\u001b[0m kept']);
});

test('times and amounts are written as people say them', () => {
  expect([spoken(999.4), spoken(1_250), euros(4_980)]).toEqual(['999 ms', '1.3 s', '49.80 €']);
});
