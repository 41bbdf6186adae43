import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from './repository.ts';

const [, section = ''] = readFileSync(inRoot('docs/reliability.md'), 'utf8').split('\n## Rules and what holds them\n');
/** One per line of the tables; a line that goes on with the rule above it may have an empty cell. */
const lines = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => /^\| (?!Rule|-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, rule = '', keptIn = '', heldBy = '']) => ({ rule, keptIn, heldBy }));

const scripts = Object.keys((JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { readonly scripts: object }).scripts);
const placesOf = (path: string) => [path, `subgraphs/${path}`, `packages/${path}`].map((place) => inRoot(place));
const quoted = (text: string): string | undefined => /^`([^`]+)`$/.exec(text)?.[1];
const isThere = (path: string | undefined): boolean => path !== undefined && placesOf(path).some((place) => existsSync(place));

/** What is wrong with an entry of the column `Test`: a command, or a file and the title of a test in it. */
function problemWith(entry: string): string | null {
  const [, command] = /^`npm run ([\w:-]+)`$/.exec(entry) ?? [];
  if (command !== undefined) return scripts.includes(command) ? null : `no script ${command}`;
  const [, path, title = ''] = /^`([^`]+)`: (.+)$/.exec(entry) ?? [];
  const place = path === undefined ? undefined : placesOf(path).find((known) => existsSync(known));
  if (place === undefined) return `no file: ${entry}`;
  const text = readFileSync(place, 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(quote + title + quote)) ? null : `no test of that title: ${entry}`;
}

test('every rule of docs/reliability.md has code and a test', () => {
  const rules = lines.filter(({ rule }) => rule !== '');
  expect(rules.length).toBeGreaterThan(100);
  expect(rules.filter(({ keptIn, heldBy }) => keptIn === '' || heldBy === '')).toEqual([]);
});

test('the code that docs/reliability.md names is there', () => {
  expect(lines.flatMap(({ keptIn }) => (keptIn === '' || isThere(quoted(keptIn)) ? [] : [keptIn]))).toEqual([]);
});

test('the tests that docs/reliability.md names are there, by file and title', () => {
  expect(lines.flatMap(({ heldBy }) => (heldBy === '' ? [] : (problemWith(heldBy) ?? [])))).toEqual([]);
});
