import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../repository.ts';
import { guards } from './catalogue.ts';

const page = readFileSync(inRoot('docs', 'testing.md'), 'utf8');

test.each(guards)('the guard “$name” stands where the matrix breaks it, once', ({ edits }) => {
  for (const { file, find, replace } of edits) {
    const text = readFileSync(inRoot(file), 'utf8');
    expect(text.split(find), `${file}: ${find}`).toHaveLength(2);
    expect(replace).not.toBe(find);
  }
});

test.each(guards)('what turns red without “$name” is a test that exists', ({ checks }) => {
  for (const check of checks) {
    if (check.kind === 'simulation') continue;
    expect(existsSync(inRoot(check.file)), check.file).toBe(true);
  }
});

test('guards have names of their own, and the published matrix has all of them and no other', () => {
  const names = guards.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);

  const matrix = page.slice(page.indexOf('<!-- guards:'), page.indexOf('<!-- /guards -->'));
  const published = new Set([...matrix.matchAll(/^\| (.+?) +\|/gm)].map(([, cell = '']) => cell));
  expect([...published].filter((cell) => cell !== 'Without' && !/^-+$/.test(cell)).toSorted()).toEqual(names.toSorted());
});
