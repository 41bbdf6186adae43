import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { expect, test } from 'vitest';
import { inRoot, root } from './repository.ts';

const FIXTURE = inRoot('packages', 'toolchain', 'fixtures', 'imports');
const options = await extractOptions(inRoot('.dependency-cruiser.mjs'));

// The first line of a fixture file names the rules it breaks; a file without such a line keeps them all.
function announced(): Map<string, string[]> {
  const files = globSync('**/*.ts', { cwd: FIXTURE });
  const entries = files.map((file): [string, string[]] => {
    const [first = ''] = readFileSync(join(FIXTURE, file), 'utf8').split('\n', 1);
    return [file, first.startsWith('// ') ? first.slice(3).split(', ').sort() : []];
  });
  return new Map(entries.filter(([, rules]) => rules.length > 0));
}

async function reported(): Promise<Map<string, string[]>> {
  const { output } = await cruise(['gateway', 'subgraphs', 'packages'], { ...options, baseDir: FIXTURE, validate: true });
  if (typeof output === 'string') throw new Error(output);
  const byFile = Map.groupBy(output.summary.violations, ({ from }) => from);
  return new Map([...byFile].map(([file, violations]) => [file, [...new Set(violations.map(({ rule }) => rule.name))].sort()]));
}

test('each fixture file is reported for the rules it breaks and for no other', async () => {
  expect(await reported()).toEqual(announced());
});

test('every rule is broken by some fixture file', () => {
  const broken = new Set([...announced().values()].flat());
  const rules = options.ruleSet?.forbidden?.flatMap(({ name }) => name ?? []) ?? [];
  expect(rules.filter((rule) => !broken.has(rule))).toEqual([]);
});

test('every package has its place in the layers', () => {
  const rules = new Set(options.ruleSet?.forbidden?.map(({ name }) => name));
  const packages = globSync('packages/*/package.json', { cwd: root }).map((path) => `package-${basename(dirname(path))}`);
  expect(packages.filter((rule) => !rules.has(rule))).toEqual([]);
});
